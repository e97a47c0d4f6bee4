// jsii's own runtime starts a second Node and hands each message over to it. The tests send millions of messages, so
// here one Node does the work: the channel, file descriptor 3 to jsii, is standard input and output.
const fs = require("fs");
const { Writable } = require("stream");

const { readSync, writeSync } = fs;
fs.readSync = (fd, ...rest) => readSync(fd === 3 ? 0 : fd, ...rest);
fs.writeSync = (fd, ...rest) => writeSync(fd === 3 ? 1 : fd, ...rest);

// What is printed goes to standard error, framed as Python expects it.
for (const [name, fd] of [["stdout", 1], ["stderr", 2]]) {
  const write = (text, _encoding, done) => {
    writeSync(2, `${JSON.stringify({ [name]: text.toString("base64") })}\n`);
    done();
  };
  Object.defineProperty(process, name, { value: Object.assign(new Writable({ write }), { fd }) });
}

// CDK remembers for each token where it was made.
Error.stackTraceLimit = 1;

require(process.env.JSII_PROGRAM);
