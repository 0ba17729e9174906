//! What the document that message-stream comes from describes: `document server ADDRESS`, `document client URL`.
//!
//! Each side sends a greeting a second through a channel of four, for ever. The server reads no request, and does not
//! end its stream at the half-close.
use std::{env, time::Duration};

use interop::messages::{
    message_service_client::MessageServiceClient,
    message_service_server::{MessageService, MessageServiceServer},
    MessageRequest, MessageResponse,
};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::{codegen::BoxStream, transport::Server, Request, Response, Status, Streaming};

/// Sends what `message` makes, at once and then each second.
fn every_second<Message: Send + 'static>(message: impl Fn() -> Message + Send + 'static) -> ReceiverStream<Message> {
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(async move {
        let mut interval = tokio::time::interval(Duration::from_secs(1));
        loop {
            interval.tick().await;
            if sender.send(message()).await.is_err() {
                println!("nobody reads any more");
                break;
            }
        }
    });
    ReceiverStream::new(receiver)
}

struct Greeter;

#[tonic::async_trait]
impl MessageService for Greeter {
    type StreamMessagesStream = BoxStream<MessageResponse>;

    // #region server
    async fn stream_messages(
        &self,
        _: Request<Streaming<MessageRequest>>,
    ) -> Result<Response<Self::StreamMessagesStream>, Status> {
        let greetings = every_second(|| Ok(MessageResponse { message: "Hello, world!".into() }));
        Ok(Response::new(Box::pin(greetings)))
    }
    // #endregion
}

// #region client
async fn greet(url: String) -> Result<(), Box<dyn std::error::Error>> {
    let mut client = MessageServiceClient::connect(url).await?;
    let greetings = every_second(|| MessageRequest { name: "Hello, world!".into() });
    let mut messages = client.stream_messages(greetings).await?.into_inner();
    while let Some(message) = messages.message().await? {
        println!("Received message: {}", message.message);
    }
    Ok(())
}
// #endregion

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [side, url] if side == "client" => greet(url.clone()).await,
        [side, address] if side == "server" => {
            let listener = TcpListener::bind(address).await?;
            println!("listens on {}", listener.local_addr()?);
            let incoming = TcpListenerStream::new(listener);
            Ok(Server::builder().add_service(MessageServiceServer::new(Greeter)).serve_with_incoming(incoming).await?)
        }
        _ => Err("usage: document client URL | document server ADDRESS".into()),
    }
}
