// What the yard tells of changes, by server-sent events over a signed POST: an EventSource could
// send no credentials but cookies.

import { send } from './client';
import { session } from './session';

export interface Change {
  arn: string;
  detailType: string;
  time: string;
}

/** Takes a change, or `undefined` where some may have been missed: then everything is read again. */
type Listener = (change: Change | undefined) => void;

const listeners = new Set<Listener>();
const stateListeners = new Set<() => void>();
let running: AbortController | undefined;
let connected = false;

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Without a sign of life for so long the connection is given up; the yard sends one each 15 s. */
const SILENCE = 40_000;
/**
 * A tab that nobody sees listens no longer than this. Over HTTP/1.1 browsers open six connections to
 * a place for all tabs together: if each tab kept one, the seventh could call nothing any more.
 */
const UNSEEN = 5_000;

export const liveness = {
  get: () => connected,
  subscribe(listener: () => void) {
    stateListeners.add(listener);
    return () => stateListeners.delete(listener);
  },
};

function setConnected(is: boolean) {
  if (connected === is) return;
  connected = is;
  stateListeners.forEach((listener) => listener());
}

/** Hears of changes until the answer is called. One connection serves all. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  if (!running) void run((running = new AbortController()));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      running?.abort();
      running = undefined;
      setConnected(false);
    }
  };
}

async function run(control: AbortController) {
  let pause = FIRST_PAUSE;
  let before = false;
  while (!control.signal.aborted && session.get()) {
    await seen(control.signal);
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    const unwatch = whenUnseen(stop);
    control.signal.addEventListener('abort', stop);
    try {
      const headers = { 'content-type': 'application/json' };
      const answer = await send('codeyard-console', '/_console/changes', headers, '{}', attempt.signal);
      setConnected(true);
      pause = FIRST_PAUSE;
      // What happened between two connections nobody told.
      if (before) tell(undefined);
      before = true;
      await read(answer, stop);
    } catch {
      if (control.signal.aborted) return;
    } finally {
      control.signal.removeEventListener('abort', stop);
      unwatch();
    }
    setConnected(false);
    await new Promise((done) => setTimeout(done, pause * (0.5 + Math.random())));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

/** Waits until somebody sees the tab. */
function seen(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      done();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });
}

/** Calls when nobody has seen the tab for a while; until what it answers is called. */
function whenUnseen(stop: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    timer = document.hidden ? setTimeout(stop, UNSEEN) : undefined;
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
}

async function read(answer: Response, stop: () => void) {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser((event, data) => {
    if (event === 'change') tell(JSON.parse(data) as Change);
    else if (event === 'lost') tell(undefined);
  });
  let silence = setTimeout(stop, SILENCE);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE);
      parser.take(value);
    }
  } finally {
    clearTimeout(silence);
  }
}

function tell(change: Change | undefined) {
  listeners.forEach((listener) => listener(change));
}

/** Cuts a stream of server-sent events, which may come in any pieces. */
export class EventParser {
  private rest = '';

  constructor(private readonly take_: (event: string, data: string) => void) {}

  take(piece: string) {
    const blocks = (this.rest + piece).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      let event = 'message';
      const data: string[] = [];
      for (const line of block.split('\n')) {
        if (line.startsWith('event: ')) event = line.slice(7);
        else if (line.startsWith('data: ')) data.push(line.slice(6));
      }
      if (data.length > 0) this.take_(event, data.join('\n'));
    }
  }
}
