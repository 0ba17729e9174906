/** The milliseconds since 1970 as .NET's ticks. */
exports.dotNetTicks = (milliseconds = Date.now()) => String(BigInt(milliseconds) * 10_000n + 621_355_968_000_000_000n);
