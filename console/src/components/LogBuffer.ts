// A log as it comes, kept so that a million lines cost little: whole pieces of text, and where the
// lines in them begin.

// eslint-disable-next-line no-control-regex
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;
const FAILURE = /\b(?:error|fatal|failed|failure|failures|panicked|exception|traceback)\b/i;
/** What the agent says of itself; of a command it says what the command is. */
const COMMAND = /^\[Container\] \S+ \S+ Running command /;
const PHASE = /^\[Container\] \S+ \S+ Entering phase (\w+)/;

interface Piece {
  text: string;
  /** Where each line begins in the text. */
  starts: Uint32Array;
  /** The number of the first line. */
  first: number;
}

/** A part of the log that can be folded. */
export interface Section {
  title: string;
  /** Its first line. */
  from: number;
}

export class LogBuffer {
  private pieces: Piece[] = [];
  /** A last line whose end has not come yet. */
  private rest = '';
  lines = 0;
  readonly sections: Section[] = [];

  /** Adds text, which may begin and end anywhere in a line. */
  add(added: string) {
    const all = this.rest + added;
    const end = all.lastIndexOf('\n') + 1;
    this.rest = all.slice(end);
    if (end > 0) this.addLines(all.slice(0, end));
  }

  /** What is left without an end of line is a line too. */
  finish() {
    if (this.rest) this.addLines(`${this.rest}\n`);
    this.rest = '';
  }

  private addLines(raw: string) {
    const text = raw.includes('\x1b') ? raw.replace(ESCAPES, '') : raw;
    const starts: number[] = [];
    for (let at = 0; at < text.length; at = text.indexOf('\n', at) + 1) {
      const phase = text.startsWith('[Container] ', at) && PHASE.exec(text.slice(at, at + 120));
      if (phase) this.sections.push({ title: phase[1], from: this.lines + starts.length });
      starts.push(at);
    }
    this.pieces.push({ text, starts: Uint32Array.from(starts), first: this.lines });
    this.lines += starts.length;
  }

  private pieceAt(line: number): Piece | undefined {
    let low = 0;
    let high = this.pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.pieces[middle].first <= line) low = middle + 1;
      else high = middle;
    }
    return this.pieces[low - 1];
  }

  line(number: number): string {
    const piece = this.pieceAt(number);
    if (!piece) return '';
    const at = number - piece.first;
    const end = at + 1 < piece.starts.length ? piece.starts[at + 1] : piece.text.length;
    return piece.text.slice(piece.starts[at], end).replace(/\r?\n$/, '');
  }

  /** The next line from `from` on that fits, the first again behind the last; -1 if none does. */
  find(fits: (line: string) => boolean, from: number, backwards = false): number {
    const step = backwards ? -1 : 1;
    for (let tried = 0, at = from; tried < this.lines; tried++, at += step) {
      const line = ((at % this.lines) + this.lines) % this.lines;
      if (fits(this.line(line))) return line;
    }
    return -1;
  }

  /** All of it, for a file. */
  parts(): string[] {
    return [...this.pieces.map((piece) => piece.text), this.rest];
  }
}

/** Whether a line tells of a failure. */
export const isFailure = (line: string) => FAILURE.test(line) && !COMMAND.test(line);
