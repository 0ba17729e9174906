import { type IIngestServer, type IngestClient, RequestSendDataPackage, ResponseSendDataPackage } from 'datahub-proto';
import { callsOf, unary } from 'grpc-streams';

// #region server
export const ingest: Pick<IIngestServer, 'sendDataPackage'> = {
  sendDataPackage: unary(async (request) =>
    new ResponseSendDataPackage().setIssuccess(true).setDatapackagecount(request.getTagvalueList().length),
  ),
};
// #endregion

/** Sends two values, and prints how many the server has counted. */
export async function send(client: IngestClient, print: (line: string) => void): Promise<void> {
  // #region client
  const request = new RequestSendDataPackage().setTagname('SomeTagName').setTagvalueList(['A01', 'A02']);
  const response = await callsOf(client).sendDataPackage(request);
  print(`${response.getDatapackagecount()} accepted`);
  // #endregion
}
