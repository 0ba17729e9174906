import MsgBroker.DataHub;
import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import grpc.testing.PhoneOuterClass;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import jobs.Jobs;
import messages.Messages;

/** Every method of the examples, on messages that protoc has made; the stubs are not needed. */
final class Methods {
  static final MethodDescriptor<ChatOuterClass.ChatMessage, StringValue> CHAT =
      method("Chat/chat", MethodType.BIDI_STREAMING, ChatOuterClass.ChatMessage.getDefaultInstance(), StringValue.getDefaultInstance());

  static final MethodDescriptor<Int64Value, Int64Value> SUM =
      method("StreamingCalcService/sum", MethodType.CLIENT_STREAMING, Int64Value.getDefaultInstance(), Int64Value.getDefaultInstance());

  static final MethodDescriptor<Int64Value, Int64Value> INCREMENTAL_SUM =
      method("StreamingCalcService/incrementalSum", MethodType.BIDI_STREAMING, Int64Value.getDefaultInstance(), Int64Value.getDefaultInstance());

  static final MethodDescriptor<PhoneOuterClass.StreamCallRequest, PhoneOuterClass.StreamCallResponse> STREAM_CALL =
      method("grpc.testing.Phone/StreamCall", MethodType.BIDI_STREAMING, PhoneOuterClass.StreamCallRequest.getDefaultInstance(), PhoneOuterClass.StreamCallResponse.getDefaultInstance());

  static final MethodDescriptor<DataHub.RequestGetDataPackage, DataHub.ResponseGetDataPackageStream> GET_DATA_PACKAGES_STREAM =
      method("MsgBroker.Egress/GetDataPackagesStream", MethodType.SERVER_STREAMING, DataHub.RequestGetDataPackage.getDefaultInstance(), DataHub.ResponseGetDataPackageStream.getDefaultInstance());

  static final MethodDescriptor<DataHub.RequestSendDataPackage, DataHub.ResponseSendDataPackage> SEND_DATA_PACKAGE =
      method("MsgBroker.Ingest/SendDataPackage", MethodType.UNARY, DataHub.RequestSendDataPackage.getDefaultInstance(), DataHub.ResponseSendDataPackage.getDefaultInstance());

  static final MethodDescriptor<DataHub.RequestSendDataPackageStream, DataHub.ResponseSendDataPackage> SEND_DATA_PACKAGES_STREAM =
      method("MsgBroker.Ingest/SendDataPackagesStream", MethodType.CLIENT_STREAMING, DataHub.RequestSendDataPackageStream.getDefaultInstance(), DataHub.ResponseSendDataPackage.getDefaultInstance());

  static final MethodDescriptor<Messages.MessageRequest, Messages.MessageResponse> STREAM_MESSAGES =
      method("messages.MessageService/StreamMessages", MethodType.BIDI_STREAMING, Messages.MessageRequest.getDefaultInstance(), Messages.MessageResponse.getDefaultInstance());

  static final MethodDescriptor<Jobs.JobMessage, Jobs.JobMessage> STREAM_JOBS =
      method("jobs.JobService/StreamJobs", MethodType.BIDI_STREAMING, Jobs.JobMessage.getDefaultInstance(), Jobs.JobMessage.getDefaultInstance());

  static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(String name, MethodType type, Q request, R response) {
    return MethodDescriptor.<Q, R>newBuilder()
        .setType(type)
        .setFullMethodName(name)
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(response))
        .build();
  }

  private Methods() {}
}
