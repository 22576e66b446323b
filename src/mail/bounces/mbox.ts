// Files of several mails (RFC 4155), as mail programs write them. Called by whoever reads mail from files.

/** A line that begins a mail, behind a blank line: `From sender Thu Jan  1 00:00:00 1970`. */
const fromLine = /^From \S{1,320} {1,3}\w{3} \w{3} {1,2}\d{1,2} [\d:]{5,8} .{0,16}\d{4}/

/** The mails in a file: those of an mbox, or the one that the file is. */
export function splitMbox(file: Uint8Array): Uint8Array[] {
  if (!startsWith(file, 0, 'From ')) return [file]
  const starts: number[] = [0]
  for (let at = indexOf(file, '\nFrom ', 0); at >= 0; at = indexOf(file, '\nFrom ', at + 1)) {
    if (isBlankBefore(file, at) && fromLine.test(lineAt(file, at + 1))) starts.push(at + 1)
  }
  return starts.map((start, i) => file.subarray(endOfLine(file, start), starts[i + 1] ?? file.length))
}

function startsWith(file: Uint8Array, at: number, text: string): boolean {
  return lineAt(file, at).startsWith(text)
}

function indexOf(file: Uint8Array, text: string, from: number): number {
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength).indexOf(text, from, 'latin1')
}

function lineAt(file: Uint8Array, at: number): string {
  return Buffer.from(file.subarray(at, at + 400))
    .toString('latin1')
    .split(/\r?\n/, 1)[0]!
}

function isBlankBefore(file: Uint8Array, newline: number): boolean {
  const before = file[newline - 1] === 0x0d ? newline - 2 : newline - 1
  return before < 0 || file[before] === 0x0a
}

function endOfLine(file: Uint8Array, at: number): number {
  const end = file.indexOf(0x0a, at)
  return end < 0 ? file.length : end + 1
}
