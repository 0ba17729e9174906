// Says in one line what an old Node would say in a stack trace. Plain JavaScript that every Node reads.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Error: this repository needs Node 20.19 or newer; this is Node ${process.versions.node}`);
  process.exit(1);
}
