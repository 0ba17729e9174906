/**
 * What a tarball says of its package: nothing of how it is made. And grpc-program's carries stream-trace, which is on no
 * registry: see its `publishConfig.imports`.
 */
function beforePacking({ scripts: _scripts, devDependencies: _devDependencies, ...manifest }) {
  if (manifest.name === 'grpc-program') delete manifest.dependencies['stream-trace'];
  return manifest;
}

module.exports = { hooks: { beforePacking } };
