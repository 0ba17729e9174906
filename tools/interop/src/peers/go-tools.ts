import { join } from 'node:path';
import { build, buildFolder } from '../build.ts';

/** Command line tools of the Go world, each with a version of its own. */
export const GO_TOOLS = {
  grpcurl: 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4',
  'grpc-health-probe': 'github.com/grpc-ecosystem/grpc-health-probe@v0.4.62',
  ghz: 'github.com/bojand/ghz/cmd/ghz@v0.93.0',
} as const;
export type GoTool = keyof typeof GO_TOOLS;

export const goTool = (tool: GoTool) => join(buildFolder('go-tools'), tool);
export const versionOf = (tool: GoTool) => GO_TOOLS[tool].replace(/.*@v/, '');

export async function installGoTool(tool: GoTool): Promise<void> {
  await build(['go', 'install', GO_TOOLS[tool]], { env: { GOBIN: buildFolder('go-tools'), GOFLAGS: '' } });
}
