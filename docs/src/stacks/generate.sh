cd src/stacks
npx -y -p @bufbuild/protoc-gen-es@2.17.0 protoc -I ../../../examples/bidirectional-chat/proto \
  --es_out=protobuf-es/gen --es_opt=target=ts,import_extension=ts chat.proto
npx -y -p ts-proto@2.18.0 protoc -I ../../../examples/bidirectional-chat/proto \
  --ts_proto_out=ts-proto/gen --ts_proto_opt=outputServices=grpc-js,esModuleInterop=true,importSuffix=.ts chat.proto
