//! One side of a run by tonic: answers the commands of the benchmark, a line of JSON each, as side.ts does.

mod client;
mod message;
mod server;

use std::io::Write;
use std::{io, process, thread};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use client::{Client, Job};
use message::words;

#[derive(Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
enum Command {
    Listen,
    Connect { port: u16 },
    Work { job: Job },
    Begin,
    Finish,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let (sender, mut lines) = mpsc::channel(1);
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
        process::exit(0); // the benchmark is gone, or done with this process
    });
    let mut side = Side::default();
    while let Some(line) = lines.recv().await {
        let answer = match serde_json::from_str(&line) {
            Ok(command) => side.run(command).await,
            Err(error) => Err(words(error)),
        };
        let answer = answer.map_or_else(|error| json!({ "error": error }), |result| json!({ "result": result }));
        writeln!(io::stdout(), "{answer}")?;
    }
    Ok(())
}

#[derive(Default)]
struct Side {
    client: Option<Client>,
    cpu_at_begin: f64,
}

impl Side {
    async fn run(&mut self, command: Command) -> Result<Value, String> {
        Ok(match command {
            Command::Listen => json!(server::listen().await?),
            Command::Connect { port } => {
                self.client = Some(Client::connect(port).await?);
                Value::Null
            }
            Command::Work { job } => {
                let client = self.client.as_ref().ok_or("not connected")?;
                json!(client.work(job).await?)
            }
            Command::Begin => {
                self.cpu_at_begin = used().0;
                Value::Null
            }
            Command::Finish => {
                let (cpu, peak) = used();
                json!({ "usage": { "cpuSeconds": cpu - self.cpu_at_begin, "peakMiB": peak } })
            }
        })
    }
}

/// The CPU seconds of this process, and the most memory that it had, in MiB.
fn used() -> (f64, f64) {
    // SAFETY: all zeros are a valid rusage, and getrusage fills it.
    let usage = unsafe {
        let mut usage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    // Kilobytes, but on a Mac bytes.
    let unit = if cfg!(target_os = "macos") { 1_048_576.0 } else { 1_024.0 };
    (seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss as f64 / unit)
}
