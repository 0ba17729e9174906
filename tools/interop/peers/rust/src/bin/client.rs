//! Calls a server of an example: `client ADDRESS EXAMPLE CASE...`.
//!
//! Prints a line for each case: its name, a tab, the messages that came, and the status.
use std::{env, future::Future, time::Duration};

use interop::{
    bearer,
    contracts::{chat_client::ChatClient, streaming_calc_service_client::StreamingCalcServiceClient, ChatMessage},
    datahub::{
        egress_client::EgressClient, ingest_client::IngestClient, RequestGetDataPackage, RequestSendDataPackage,
        RequestSendDataPackageStream,
    },
    messages::{message_service_client::MessageServiceClient, MessageRequest},
    phone::{
        call_state::State, phone_client::PhoneClient, stream_call_response::StreamCallResponse as Event,
        StreamCallRequest,
    },
    read, SendToken,
};
use tokio::sync::mpsc;
use tokio_stream::{wrappers::UnboundedReceiverStream, Stream};
use tonic::{
    codec::CompressionEncoding::Gzip,
    codegen::{http::uri::PathAndQuery, InterceptedService},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
    Code, Request, Response, Status, Streaming,
};

const GUID: &str = "6f2f5c2e-31aa-4a0f-93e1-0b2f5b1f9c11";
const SUBSCRIBER: &str = "00000000-0000-0000-0000-000000000001";
const DEADLINE: Duration = Duration::from_millis(300);

type Service = InterceptedService<Channel, SendToken>;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [address, example, names @ ..] = arguments.as_slice() else { panic!("usage: client ADDRESS EXAMPLE CASE...") };
    for name in names {
        let came = match example.as_str() {
            "chat" => chat(address, name).await,
            "calc" => calc(address, name).await,
            "call" => call(address, name).await,
            "datahub" => datahub(address, name).await,
            "message" => message(address, name).await,
            _ => panic!("no example {example}"),
        };
        println!("{name}\t{came}");
    }
}

async fn connect(address: &str, pings: Option<Duration>) -> Service {
    let ca = read("TLS_CA");
    let url = match (&ca, address.starts_with("unix:")) {
        (_, true) => address.to_string(),
        (None, _) => format!("http://{address}"),
        (Some(_), _) => format!("https://{address}"),
    };
    let mut endpoint = Endpoint::from_shared(url).expect("address");
    if let Some(ca) = ca {
        let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(ca));
        if let (Some(certificate), Some(key)) = (read("TLS_CERT"), read("TLS_KEY")) {
            tls = tls.identity(Identity::from_pem(certificate, key));
        }
        endpoint = endpoint.tls_config(tls).expect("TLS");
    }
    if let Some(interval) = pings {
        endpoint = endpoint.http2_keep_alive_interval(interval).keep_alive_while_idle(true);
    }
    let channel = endpoint.connect().await.expect("a connection");
    InterceptedService::new(channel, SendToken(bearer()))
}

/// A stream of requests that stays open until its sender is dropped.
fn requests<Message>() -> (mpsc::UnboundedSender<Message>, UnboundedReceiverStream<Message>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (sender, UnboundedReceiverStream::new(receiver))
}

fn outcome(messages: &[String], status: Option<Status>) -> String {
    let status = status.map_or("OK".to_string(), |status| format!("{}: {}", name_of(status.code()), status.message()));
    format!("{} -> {status}", messages.join(" | "))
}

/// As the specification spells it: DEADLINE_EXCEEDED.
fn name_of(code: Code) -> String {
    let words = format!("{code:?}");
    let spaced: String = words
        .char_indices()
        .flat_map(|(i, c)| [(i > 0 && c.is_uppercase()).then_some('_'), Some(c)])
        .flatten()
        .collect();
    spaced.to_uppercase()
}

/// Reads all that comes.
async fn all<Message>(
    called: impl Future<Output = Result<Response<Streaming<Message>>, Status>>,
    text: impl Fn(Message) -> String,
    mut heard: impl FnMut(usize),
) -> String {
    let mut messages = vec![];
    let ended: Result<(), Status> = async {
        let mut stream = called.await?.into_inner();
        while let Some(message) = stream.message().await? {
            messages.push(text(message));
            heard(messages.len());
        }
        Ok(())
    }
    .await;
    outcome(&messages, ended.err())
}

fn one<Message>(response: Result<Response<Message>, Status>, text: impl Fn(Message) -> String) -> String {
    match response {
        Ok(response) => outcome(&[text(response.into_inner())], None),
        Err(status) => outcome(&[], Some(status)),
    }
}

fn each<Message: Send + 'static>(messages: Vec<Message>) -> impl Stream<Item = Message> + Send + 'static {
    tokio_stream::iter(messages)
}

fn with_deadline<Message>(message: Message) -> Request<Message> {
    let mut request = Request::new(message);
    request.set_timeout(DEADLINE);
    request
}

async fn chat(address: &str, case: &str) -> String {
    let pings = (case == "idle beyond the ping limit").then_some(Duration::from_secs(1));
    let service = connect(address, pings).await;
    let mut client = ChatClient::new(service.clone());
    let say = |name: &str, message: &str| ChatMessage { name: name.into(), message: message.into() };
    let said = vec![say("Sam", "Hi"), say("Ann", "Hey"), say("John", "Hello")];
    let value = |reply: String| reply;
    match case {
        "call" => all(client.chat(each(said)), value, |_| ()).await,
        "gzip" => {
            let mut client = client.send_compressed(Gzip).accept_compressed(Gzip);
            all(client.chat(each(said)), value, |_| ()).await
        }
        "nothing sent" => all(client.chat(each(vec![])), value, |_| ()).await,
        "Unicode" => all(client.chat(each(vec![say("Zoë", "🎈")])), value, |_| ()).await,
        "message too large" => all(client.chat(each(vec![say("Sam", &"x".repeat(5 << 20))])), value, |_| ()).await,
        "one at a time" => {
            // The call is there, with its headers, before anything is sent.
            let (sender, stream) = requests();
            let call = client.chat(stream).await;
            sender.send(said[0].clone()).unwrap();
            let mut sender = Some(sender);
            all(async { call }, value, |count| match said.get(count) {
                Some(message) => sender.as_ref().unwrap().send(message.clone()).unwrap(),
                None => sender = None,
            })
            .await
        }
        "deadline" => {
            let (_sender, stream) = requests::<ChatMessage>();
            all(client.chat(with_deadline(stream)), value, |_| ()).await
        }
        "unknown method" => {
            let mut grpc = tonic::client::Grpc::new(service);
            grpc.ready().await.unwrap();
            let codec = tonic_prost::ProstCodec::<ChatMessage, String>::default();
            let path = PathAndQuery::from_static("/Chat/nope");
            one(grpc.unary(Request::new(said[0].clone()), path, codec).await, value)
        }
        "cancel" => {
            let (sender, stream) = requests();
            sender.send(said[0].clone()).unwrap();
            let mut call = client.chat(stream).await.unwrap().into_inner();
            let first = call.message().await.unwrap().unwrap();
            drop(call); // which is how a tonic client cancels
            tokio::time::sleep(Duration::from_millis(200)).await; // the connection must outlive it
            format!("{first} -> dropped")
        }
        "idle beyond the ping limit" => {
            let (sender, stream) = requests();
            sender.send(said[0].clone()).unwrap();
            let mut call = client.chat(stream).await.unwrap().into_inner();
            let mut replies = vec![call.message().await.unwrap().unwrap()];
            tokio::time::sleep(Duration::from_secs(6)).await;
            sender.send(said[1].clone()).unwrap();
            drop(sender);
            loop {
                match call.message().await {
                    Ok(Some(reply)) => replies.push(reply),
                    Ok(None) => return outcome(&replies, None),
                    Err(status) => return outcome(&replies, Some(status)),
                }
            }
        }
        "server stops" => {
            let (sender, stream) = requests();
            sender.send(said[0].clone()).unwrap();
            let heard = |reply: String| {
                println!("heard {reply}");
                reply
            };
            let came = all(client.chat(stream), heard, |_| ()).await;
            drop(sender);
            came
        }
        _ => panic!("no case {case}"),
    }
}

async fn calc(address: &str, case: &str) -> String {
    let mut client = StreamingCalcServiceClient::new(connect(address, None).await);
    let text = |total: i64| total.to_string();
    match case {
        "sum" => one(client.sum(each((1..=10).collect())).await, text),
        "sum of nothing" => one(client.sum(each(vec![])).await, text),
        "largest sum" => one(client.sum(each(vec![i64::MAX - 1, 1])).await, text),
        "overflow" => one(client.sum(each(vec![i64::MAX, 1])).await, text),
        "sum of 50,000" => one(client.sum(each((1..=50_000).collect())).await, text),
        "gzip" => one(client.send_compressed(Gzip).accept_compressed(Gzip).sum(each((1..=10).collect())).await, text),
        "incremental sum" => all(client.incremental_sum(each(vec![1, 2, 3, 4])), text, |_| ()).await,
        _ => panic!("no case {case}"),
    }
}

async fn call(address: &str, case: &str) -> String {
    let mut client = PhoneClient::new(connect(address, None).await);
    let number = |number: &str| StreamCallRequest { phone_number: number.into() };
    let dialled = match case {
        "call" | "hang up" => vec![number("94771234567")],
        "bad number" => vec![number("x")],
        "no number" => vec![],
        _ => panic!("no case {case}"),
    };
    let text = |response: interop::phone::StreamCallResponse| match response.stream_call_response {
        Some(Event::CallInfo(info)) => info.media,
        Some(Event::CallState(state)) => State::try_from(state.state).unwrap().as_str_name().into(),
        None => "nothing".into(),
    };
    if case == "hang up" {
        let mut call = client.stream_call(each(dialled)).await.unwrap().into_inner();
        let first = call.message().await.unwrap().unwrap();
        return format!("{} -> dropped", text(first));
    }
    all(client.stream_call(each(dialled)), text, |_| ()).await
}

async fn datahub(address: &str, case: &str) -> String {
    let service = connect(address, None).await;
    let mut ingest = IngestClient::new(service.clone());
    let mut egress = EgressClient::new(service);
    let subscription = RequestGetDataPackage {
        tag_name: "Rust".into(),
        tracking_guid: SUBSCRIBER.into(),
        after: String::new(),
    };
    let package = |guid: &str, values: &[&str]| RequestSendDataPackage {
        telemetry_guid: guid.into(),
        tag_name: "Rust".into(),
        tag_value: values.iter().map(|value| value.to_string()).collect(),
        tracking_guid: GUID.into(),
    };
    let count = |response: interop::datahub::ResponseSendDataPackage| response.data_package_count.to_string();
    match case {
        "unary" => one(ingest.send_data_package(package(GUID, &["A01", "A02"])).await, count),
        "bad GUID" => one(ingest.send_data_package(package("x", &["A01"])).await, count),
        "client streaming" => {
            let packages = (0..10).map(|number| RequestSendDataPackageStream {
                telemetry_guid: GUID.into(),
                tag_name: "Rust stream".into(),
                tag_value: number.to_string(),
                tracking_guid: GUID.into(),
            });
            one(ingest.send_data_packages_stream(each(packages.collect())).await, count)
        }
        "server streaming and cancel" => {
            let mut stream = egress.get_data_packages_stream(subscription).await.unwrap().into_inner();
            // The first tick: the subscription is in place.
            stream.message().await.unwrap();
            ingest.send_data_package(package(GUID, &["A01", "A02", "A03"])).await.unwrap();
            let mut values = vec![];
            while values.len() < 3 {
                let package = stream.message().await.unwrap().unwrap();
                if package.tracking_guid == GUID {
                    values.push(package.tag_value);
                }
            }
            format!("{} -> dropped", values.join(" | "))
        }
        "deadline" => {
            let mut ended = None;
            match egress.get_data_packages_stream(with_deadline(subscription)).await {
                Err(status) => ended = Some(status),
                Ok(response) => {
                    let mut stream = response.into_inner();
                    while ended.is_none() {
                        ended = stream.message().await.err();
                    }
                }
            }
            outcome(&[], ended)
        }
        _ => panic!("no case {case}"),
    }
}

async fn message(address: &str, case: &str) -> String {
    let mut client = MessageServiceClient::new(connect(address, None).await);
    let (wanted, says) = match case {
        "both ways" => (3, true),
        "nothing sent" => (1, false),
        _ => panic!("no case {case}"),
    };
    let (sender, stream) = requests();
    let mut sender = Some(sender);
    // The headers come before any message.
    let mut call = client.stream_messages(stream).await.unwrap().into_inner();
    let mut messages = vec![];
    loop {
        if let (true, Some(sender)) = (says, &sender) {
            sender.send(MessageRequest { name: "Hello, world!".into() }).unwrap();
        }
        match call.message().await {
            Ok(Some(response)) if messages.len() < wanted => messages.push(response.message),
            Ok(Some(_)) => {}
            Ok(None) => return outcome(&messages, None),
            Err(status) => return outcome(&messages, Some(status)),
        }
        if messages.len() == wanted {
            sender = None; // half-closes
        }
    }
}
