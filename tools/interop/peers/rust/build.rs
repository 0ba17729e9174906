//! Generates the code of the contracts from their committed descriptor sets, without protoc.
use std::{collections::HashSet, fs};

use prost::Message;
use prost_types::FileDescriptorSet;

const SETS: [&str; 6] = [
    "async-call/proto/gen/phone",
    "bidirectional-chat/proto/gen/chat",
    "datahub-egress/proto/gen/data_hub",
    "job-stream/proto/gen/jobs",
    "message-stream/proto/gen/messages",
    "streaming-calc/proto/gen/streaming_calc",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut all = FileDescriptorSet::default();
    let mut seen = HashSet::new();
    for set in SETS {
        let path = format!("../../../../examples/{set}.binpb");
        println!("cargo:rerun-if-changed={path}");
        let descriptors = FileDescriptorSet::decode(fs::read(path)?.as_slice())?;
        all.file.extend(descriptors.file.into_iter().filter(|file| seen.insert(file.name.clone())));
    }
    // By default Int64Value is `i64`, for which tonic then looks beside the service.
    tonic_prost_build::configure()
        .compile_well_known_types(true)
        .extern_path(".google.protobuf.Int64Value", "::core::primitive::i64")
        .extern_path(".google.protobuf.StringValue", "::prost::alloc::string::String")
        .extern_path(".google.protobuf.Timestamp", "::prost_types::Timestamp")
        .compile_fds(all)?;
    Ok(())
}
