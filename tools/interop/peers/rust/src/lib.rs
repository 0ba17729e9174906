//! What the clients and servers share: the generated code, and the files that the environment names.
use std::{env, fs};

use tonic::{metadata::MetadataValue, service::Interceptor, Request, Status};

/// The chat and the calculator, which have no package.
#[allow(non_camel_case_types)] // methods in lower case
pub mod contracts {
    tonic::include_proto!("_");
}
pub mod datahub {
    tonic::include_proto!("msg_broker");
}
pub mod jobs {
    tonic::include_proto!("jobs");
}
pub mod messages {
    tonic::include_proto!("messages");
}
pub mod phone {
    tonic::include_proto!("grpc.testing");
}

/// The file that TLS_CA, TLS_CERT, TLS_KEY or TOKEN_FILE names.
pub fn read(variable: &str) -> Option<String> {
    let path = env::var(variable).ok()?;
    Some(fs::read_to_string(path).expect(variable))
}

/// The value of the header `authorization` for the token of TOKEN_FILE.
pub fn bearer() -> Option<MetadataValue<tonic::metadata::Ascii>> {
    let token = read("TOKEN_FILE")?;
    Some(format!("Bearer {}", token.trim()).parse().expect("TOKEN_FILE"))
}

/// Sends a token with each call.
#[derive(Clone)]
pub struct SendToken(pub Option<MetadataValue<tonic::metadata::Ascii>>);

impl Interceptor for SendToken {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// Refuses calls without this token.
#[derive(Clone)]
pub struct RequireToken(pub Option<MetadataValue<tonic::metadata::Ascii>>);

impl Interceptor for RequireToken {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        match &self.0 {
            Some(wanted) if request.metadata().get("authorization") != Some(wanted) => {
                Err(Status::unauthenticated("no token"))
            }
            _ => Ok(request),
        }
    }
}
