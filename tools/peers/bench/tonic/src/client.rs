use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Streaming};
use tonic_prost::ProstCodec;

use crate::message::{ChatMessage, Tally, messages, order_of, same, text_of, words};

#[derive(Clone, Deserialize)]
pub struct Job {
    kind: String,
    size: usize,
    streams: usize,
    messages: usize,
}

#[derive(Serialize)]
pub struct Report {
    seconds: f64,
    messages: usize,
    p50: f64,
    p99: f64,
}

/// The round trips of a stream, in microseconds, where they are timed.
type Times = Result<Vec<f64>, String>;

/// Makes all its calls over one connection.
#[derive(Clone)]
pub struct Client {
    grpc: Grpc<Channel>,
}

impl Client {
    pub async fn connect(port: u16) -> Result<Self, String> {
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).map_err(words)?;
        Ok(Self { grpc: Grpc::new(endpoint.connect().await.map_err(words)?) })
    }

    /// Does a job; fails unless every message arrived, in order and undamaged.
    pub async fn work(&self, job: Job) -> Result<Report, String> {
        let count = job.messages.div_ceil(job.streams);
        let start = Instant::now();
        let streams: Vec<_> = (0..job.streams).map(|_| tokio::spawn(self.clone().stream(job.clone(), count))).collect();
        let mut times = Vec::new();
        for stream in streams {
            times.append(&mut stream.await.map_err(words)??);
        }
        let seconds = start.elapsed().as_secs_f64();
        times.sort_by(f64::total_cmp);
        let quantile = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or(0.0);
        Ok(Report { seconds, messages: count * job.streams, p50: quantile(0.5), p99: quantile(0.99) })
    }

    /// Does one stream's part of a job.
    async fn stream(mut self, Job { kind, size, .. }: Job, count: usize) -> Times {
        let text = text_of(size);
        match kind.as_str() {
            "bidi" => self.bidi(count, text).await,
            "server-streaming" => self.server_streaming(count, size, text).await,
            "client-streaming" => self.client_streaming(count, text).await,
            "ping-pong" => self.ping_pong(count, text).await,
            "unary" => {
                let mut exchange = Exchange::new(count, text);
                while let Some(message) = exchange.serve() {
                    exchange.take(self.unary(message).await?)?;
                }
                exchange.finish()
            }
            "short" => {
                let mut exchange = Exchange::new(count, text);
                while let Some(message) = exchange.serve() {
                    exchange.take(self.short(message).await?)?;
                }
                exchange.finish()
            }
            _ => Err(format!("there is no {kind:?}")),
        }
    }

    async fn bidi(&mut self, count: usize, text: String) -> Times {
        let responses = self.start_bidi(tokio_stream::iter(messages(count, text.clone()))).await?;
        receive(responses, count, text).await
    }

    async fn server_streaming(&mut self, count: usize, size: usize, text: String) -> Times {
        self.grpc.ready().await.map_err(words)?;
        let request = Request::new(order_of(count, size));
        let path = PathAndQuery::from_static("/bench.Bench/ServerStreaming");
        let response = self.grpc.server_streaming(request, path, codec()).await.map_err(words)?;
        receive(response.into_inner(), count, text).await
    }

    async fn client_streaming(&mut self, count: usize, text: String) -> Times {
        self.grpc.ready().await.map_err(words)?;
        let request = Request::new(tokio_stream::iter(messages(count, text.clone())));
        let path = PathAndQuery::from_static("/bench.Bench/ClientStreaming");
        let response = self.grpc.client_streaming(request, path, codec()).await.map_err(words)?;
        let received = ChatMessage::numbered(count, (count * text.len()).to_string());
        same(response.get_ref(), &received).map(|()| Vec::new())
    }

    async fn ping_pong(&mut self, count: usize, text: String) -> Times {
        let (sender, requests) = mpsc::channel(1);
        let mut responses = self.start_bidi(ReceiverStream::new(requests)).await?;
        let mut exchange = Exchange::new(count, text);
        while let Some(message) = exchange.serve() {
            sender.send(message).await.map_err(words)?;
            exchange.take(next(&mut responses).await?)?;
        }
        drop(sender);
        ended(responses).await?;
        exchange.finish()
    }

    async fn unary(&mut self, message: ChatMessage) -> Result<ChatMessage, String> {
        self.grpc.ready().await.map_err(words)?;
        let path = PathAndQuery::from_static("/bench.Bench/Unary");
        let response = self.grpc.unary(Request::new(message), path, codec()).await.map_err(words)?;
        Ok(response.into_inner())
    }

    /// A bidi call of one message each way.
    async fn short(&mut self, message: ChatMessage) -> Result<ChatMessage, String> {
        let mut responses = self.start_bidi(tokio_stream::once(message)).await?;
        let response = next(&mut responses).await?;
        ended(responses).await?;
        Ok(response)
    }

    async fn start_bidi(
        &mut self,
        requests: impl Stream<Item = ChatMessage> + Send + 'static,
    ) -> Result<Streaming<ChatMessage>, String> {
        self.grpc.ready().await.map_err(words)?;
        let path = PathAndQuery::from_static("/bench.Bench/Bidi");
        let response = self.grpc.streaming(Request::new(requests), path, codec()).await.map_err(words)?;
        Ok(response.into_inner())
    }
}

fn codec() -> ProstCodec<ChatMessage, ChatMessage> {
    ProstCodec::default()
}

async fn receive(mut responses: Streaming<ChatMessage>, count: usize, text: String) -> Times {
    let mut tally = Tally::default();
    while let Some(message) = responses.message().await.map_err(words)? {
        tally.add(&message)?;
    }
    tally.expect(count, &text).map(|()| Vec::new())
}

async fn next(responses: &mut Streaming<ChatMessage>) -> Result<ChatMessage, String> {
    responses.message().await.map_err(words)?.ok_or_else(|| "there is no response".into())
}

/// Fails unless the stream ends here with OK.
async fn ended(mut responses: Streaming<ChatMessage>) -> Result<(), String> {
    same(&responses.message().await.map_err(words)?, &None)
}

/// One message in flight, each round trip timed.
struct Exchange {
    count: usize,
    text: String,
    tally: Tally,
    times: Vec<f64>,
    sent_at: Instant,
}

impl Exchange {
    fn new(count: usize, text: String) -> Self {
        Self { count, text, tally: Tally::default(), times: Vec::with_capacity(count), sent_at: Instant::now() }
    }

    /// The next message to send, until all are sent.
    fn serve(&mut self) -> Option<ChatMessage> {
        self.sent_at = Instant::now();
        let number = self.tally.count;
        (number < self.count).then(|| ChatMessage::numbered(number, self.text.as_str()))
    }

    fn take(&mut self, response: ChatMessage) -> Result<(), String> {
        self.times.push(self.sent_at.elapsed().as_secs_f64() * 1e6);
        self.tally.add(&response)
    }

    fn finish(self) -> Times {
        self.tally.expect(self.count, &self.text).map(|()| self.times)
    }
}
