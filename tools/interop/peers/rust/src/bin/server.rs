//! Serves all examples on a free port: `server [MODE]`.
//!
//! Prints where it listens. HOST, TLS_CERT, TLS_KEY, TLS_CA and TOKEN_FILE in the environment change it. Modes: `gzip`
//! compresses the replies of the chat, `details` ends it with an error that has details, `slow` has the sum wait before
//! it reads.
use std::{
    env, process,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use async_stream::try_stream;
use interop::{
    bearer,
    contracts::{
        chat_server::{Chat, ChatServer},
        streaming_calc_service_server::{StreamingCalcService, StreamingCalcServiceServer},
        ChatMessage,
    },
    datahub::{
        egress_server::{Egress, EgressServer},
        ingest_server::{Ingest, IngestServer},
        RequestGetDataPackage, RequestSendDataPackage, RequestSendDataPackageStream, ResponseGetDataPackageStream,
        ResponseSendDataPackage,
    },
    jobs::{
        job, job_message, job_reply,
        job_service_server::{JobService, JobServiceServer},
        Job, JobMessage, JobReply, MapJob, ReduceJob, Shutdown,
    },
    messages::{
        message_service_server::{MessageService, MessageServiceServer},
        MessageRequest, MessageResponse,
    },
    phone::{
        call_state::State,
        phone_server::{Phone, PhoneServer},
        stream_call_response::StreamCallResponse as Event,
        CallInfo, CallState, StreamCallRequest, StreamCallResponse,
    },
    read, RequireToken,
};
use tokio::{
    net::{TcpListener, UnixListener},
    signal::unix::{signal, SignalKind},
    time::{sleep, timeout},
};
use tokio_stream::{
    wrappers::{TcpListenerStream, UnixListenerStream},
    Stream,
};
use tonic::{
    codec::CompressionEncoding::Gzip,
    codegen::{BoxStream, InterceptedService},
    transport::{Certificate, Identity, Server, ServerTlsConfig},
    Code, Request, Response, Status, Streaming,
};
use tonic_types::{ErrorDetails, StatusExt};

const TICK: Duration = Duration::from_millis(200);

fn respond<Message: 'static>(
    messages: impl Stream<Item = Result<Message, Status>> + Send + 'static,
) -> Result<Response<BoxStream<Message>>, Status> {
    Ok(Response::new(Box::pin(messages)))
}

struct Chats {
    mode: String,
}

#[tonic::async_trait]
impl Chat for Chats {
    type chatStream = BoxStream<String>;

    async fn chat(&self, request: Request<Streaming<ChatMessage>>) -> Result<Response<Self::chatStream>, Status> {
        if self.mode == "details" {
            let details = ErrorDetails::with_bad_request_violation("name", "too long");
            return Err(Status::with_error_details(Code::InvalidArgument, "name: zu lang für 🎈", details));
        }
        // #region chat
        let mut messages = request.into_inner();
        respond(try_stream! {
            while let Some(message) = messages.message().await? {
                yield format!("{}: {}", message.name, message.message);
            }
        })
        // #endregion
    }
}

struct Calc {
    is_slow: bool,
}

#[tonic::async_trait]
impl StreamingCalcService for Calc {
    type incrementalSumStream = BoxStream<i64>;

    async fn sum(&self, request: Request<Streaming<i64>>) -> Result<Response<i64>, Status> {
        let mut values = request.into_inner();
        let (mut total, mut count) = (0, 0);
        if self.is_slow {
            sleep(Duration::from_secs(3)).await;
        }
        while let Some(value) = values.message().await? {
            total += value;
            count += 1;
            if self.is_slow && count % 10_000 == 0 {
                sleep(TICK).await;
            }
        }
        Ok(Response::new(total))
    }

    async fn incremental_sum(
        &self,
        request: Request<Streaming<i64>>,
    ) -> Result<Response<Self::incrementalSumStream>, Status> {
        let mut values = request.into_inner();
        respond(try_stream! {
            let mut total = 0;
            while let Some(value) = values.message().await? {
                total += value;
                yield total;
            }
        })
    }
}

static SESSIONS: AtomicU64 = AtomicU64::new(0);

struct Phones;

#[tonic::async_trait]
impl Phone for Phones {
    type StreamCallStream = BoxStream<StreamCallResponse>;

    async fn stream_call(
        &self,
        request: Request<Streaming<StreamCallRequest>>,
    ) -> Result<Response<Self::StreamCallStream>, Status> {
        let mut requests = request.into_inner();
        let response = |event| StreamCallResponse { stream_call_response: Some(event) };
        let state = move |state: State| response(Event::CallState(CallState { state: state.into() }));
        respond(try_stream! {
            requests.message().await?;
            yield state(State::New);
            let session_id = SESSIONS.fetch_add(1, Ordering::Relaxed).to_string();
            yield response(Event::CallInfo(CallInfo { session_id, media: "https://link.to.audio.resources".into() }));
            yield state(State::Active);
            yield state(State::Ended);
        })
    }
}

struct Hub;

/// Says so when a subscription is dropped.
struct Gone;

impl Drop for Gone {
    fn drop(&mut self) {
        println!("subscriber gone");
    }
}

#[tonic::async_trait]
impl Egress for Hub {
    type GetDataPackagesStreamStream = BoxStream<ResponseGetDataPackageStream>;

    async fn get_data_packages_stream(
        &self,
        request: Request<RequestGetDataPackage>,
    ) -> Result<Response<Self::GetDataPackagesStreamStream>, Status> {
        let RequestGetDataPackage { tag_name, tracking_guid, .. } = request.into_inner();
        respond(try_stream! {
            let _gone = Gone;
            loop {
                yield ResponseGetDataPackageStream {
                    is_success: true,
                    last_error: String::new(),
                    tracking_guid: tracking_guid.clone(),
                    tag_name: tag_name.clone(),
                    tag_value: "1".into(),
                    position: String::new(),
                };
                sleep(TICK).await;
            }
        })
    }
}

fn accepted(tracking_guid: String, count: usize) -> Response<ResponseSendDataPackage> {
    Response::new(ResponseSendDataPackage {
        is_success: true,
        last_error: String::new(),
        tracking_guid,
        data_package_count: count as i64,
        time_stamp: Some(std::time::SystemTime::now().into()),
    })
}

#[tonic::async_trait]
impl Ingest for Hub {
    async fn send_data_package(
        &self,
        request: Request<RequestSendDataPackage>,
    ) -> Result<Response<ResponseSendDataPackage>, Status> {
        let request = request.into_inner();
        Ok(accepted(request.tracking_guid, request.tag_value.len()))
    }

    async fn send_data_packages_stream(
        &self,
        request: Request<Streaming<RequestSendDataPackageStream>>,
    ) -> Result<Response<ResponseSendDataPackage>, Status> {
        let mut packages = request.into_inner();
        let (mut guid, mut count) = (String::new(), 0);
        while let Some(package) = packages.message().await? {
            guid = package.tracking_guid;
            count += 1;
        }
        Ok(accepted(guid, count))
    }
}

struct Messages;

#[tonic::async_trait]
impl MessageService for Messages {
    type StreamMessagesStream = BoxStream<MessageResponse>;

    // #region messages
    async fn stream_messages(
        &self,
        request: Request<Streaming<MessageRequest>>,
    ) -> Result<Response<Self::StreamMessagesStream>, Status> {
        let mut requests = request.into_inner();
        respond(try_stream! {
            let hello = || MessageResponse { message: "Hello, world!".into() };
            yield hello();
            loop {
                match timeout(TICK, requests.message()).await {
                    Err(_) => yield hello(),
                    Ok(heard) => if heard?.is_none() {
                        break;
                    },
                }
            }
        })
    }
    // #endregion
}

struct Master;

/// The reply to a job.
async fn reply(messages: &mut Streaming<JobMessage>) -> Result<JobReply, Status> {
    match messages.message().await? {
        Some(JobMessage { message: Some(job_message::Message::JobReply(reply)) }) => Ok(reply),
        other => Err(Status::invalid_argument(format!("no reply: {other:?}"))),
    }
}

#[tonic::async_trait]
impl JobService for Master {
    type StreamJobsStream = BoxStream<JobMessage>;

    // #region jobs
    /// Has one text counted by the first worker, in one partition.
    async fn stream_jobs(
        &self,
        request: Request<Streaming<JobMessage>>,
    ) -> Result<Response<Self::StreamJobsStream>, Status> {
        let mut messages = request.into_inner();
        let send = |message| JobMessage { message: Some(message) };
        let give = move |id: &str, work| {
            send(job_message::Message::Job(Job { id: id.into(), attempt: 1, more: false, work: Some(work) }))
        };
        respond(try_stream! {
            let text = "To be, or not to be".into();
            yield give("map-1", job::Work::Map(MapJob { text, partitions: 1 }));
            let counts = match reply(&mut messages).await?.outcome {
                Some(job_reply::Outcome::Map(result)) => result.partitions,
                _ => vec![],
            };
            yield give("reduce-1", job::Work::Reduce(ReduceJob { counts }));
            if let Some(job_reply::Outcome::Reduce(result)) = reply(&mut messages).await?.outcome {
                let counts = result.counts.unwrap_or_default();
                let mut words: Vec<_> = counts.words.iter().zip(counts.counts).collect();
                words.sort();
                println!("counted {}", words.iter().map(|(word, count)| format!("{word} {count}")).collect::<Vec<_>>().join(" "));
            }
            yield send(job_message::Message::Shutdown(Shutdown {}));
            messages.message().await?;
        })
    }
    // #endregion
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mode = env::args().nth(1).unwrap_or_default();
    let mut server = Server::builder();
    if let (Some(certificate), Some(key)) = (read("TLS_CERT"), read("TLS_KEY")) {
        let mut tls = ServerTlsConfig::new().identity(Identity::from_pem(certificate, key));
        if let Some(ca) = read("TLS_CA") {
            tls = tls.client_ca_root(Certificate::from_pem(ca));
        }
        server = server.tls_config(tls)?;
    }
    let mut chat = ChatServer::new(Chats { mode: mode.clone() }).accept_compressed(Gzip);
    if mode == "gzip" {
        chat = chat.send_compressed(Gzip);
    }
    let router = server
        .add_service(InterceptedService::new(chat, RequireToken(bearer())))
        .add_service(StreamingCalcServiceServer::new(Calc { is_slow: mode == "slow" }))
        .add_service(PhoneServer::new(Phones))
        .add_service(EgressServer::new(Hub))
        .add_service(IngestServer::new(Hub))
        .add_service(MessageServiceServer::new(Messages))
        .add_service(JobServiceServer::new(Master));

    let mut terminate = signal(SignalKind::terminate())?;
    let stopped = async move {
        terminate.recv().await;
        // A graceful stop waits for open calls without end.
        tokio::spawn(async {
            sleep(Duration::from_secs(1)).await;
            process::exit(0)
        });
    };
    let host = env::var("HOST").unwrap_or("127.0.0.1:0".into());
    if let Some(path) = host.strip_prefix("unix:") {
        let listener = UnixListener::bind(path)?;
        println!("listens on {host}");
        router.serve_with_incoming_shutdown(UnixListenerStream::new(listener), stopped).await?;
    } else {
        let listener = TcpListener::bind(&host).await?;
        println!("listens on localhost:{}", listener.local_addr()?.port());
        router.serve_with_incoming_shutdown(TcpListenerStream::new(listener), stopped).await?;
    }
    Ok(())
}
