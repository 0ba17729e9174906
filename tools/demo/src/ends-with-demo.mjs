// Loaded into the programs of a demo: they end with it, whatever ends that.
process.on('disconnect', () => process.exit());
process.channel.unref();
