use std::convert::Infallible;
use std::task::{Context, Poll};

use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::codegen::http;
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{Grpc, NamedService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use tower::service_fn;

use crate::message::{ChatMessage, Tally, ordered, words};

/// Starts the server on a free port, and gives the port.
pub async fn listen() -> Result<u16, String> {
    let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).map_err(words)?.with_nodelay(Some(true));
    let port = incoming.local_addr().map_err(words)?.port();
    tokio::spawn(Server::builder().add_service(Bench).serve_with_incoming(incoming));
    Ok(port)
}

/// What tonic-build would write for the service.
#[derive(Clone)]
struct Bench;

impl NamedService for Bench {
    const NAME: &'static str = "bench.Bench";
}

impl Service<http::Request<Body>> for Bench {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let mut grpc = Grpc::new(ProstCodec::<ChatMessage, ChatMessage>::default());
            Ok(match request.uri().path() {
                "/bench.Bench/Bidi" => grpc.streaming(service_fn(bidi), request).await,
                "/bench.Bench/ServerStreaming" => grpc.server_streaming(service_fn(server_streaming), request).await,
                "/bench.Bench/ClientStreaming" => grpc.client_streaming(service_fn(client_streaming), request).await,
                "/bench.Bench/Unary" => grpc.unary(service_fn(unary), request).await,
                path => Status::unimplemented(path).into_http(),
            })
        })
    }
}

type Answer<T> = Result<Response<T>, Status>;

/// Sends every message back.
async fn bidi(
    request: Request<Streaming<ChatMessage>>,
) -> Answer<impl Stream<Item = Result<ChatMessage, Status>> + Send + 'static> {
    Ok(Response::new(request.into_inner()))
}

async fn server_streaming(
    request: Request<ChatMessage>,
) -> Answer<impl Stream<Item = Result<ChatMessage, Status>> + Send + 'static> {
    let messages = ordered(request.into_inner()).map_err(Status::invalid_argument)?;
    Ok(Response::new(tokio_stream::iter(messages).map(Ok)))
}

async fn client_streaming(request: Request<Streaming<ChatMessage>>) -> Answer<ChatMessage> {
    let mut messages = request.into_inner();
    let mut tally = Tally::default();
    while let Some(message) = messages.message().await? {
        tally.add(&message).map_err(Status::data_loss)?;
    }
    Ok(Response::new(tally.to_message()))
}

async fn unary(request: Request<ChatMessage>) -> Answer<ChatMessage> {
    Ok(Response::new(request.into_inner()))
}
