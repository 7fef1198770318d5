import { useEffect, useState } from 'react';
import { now } from '../api/session';

/** A time in seconds since 1970, as the JSON protocols have it. */
export type EpochSeconds = number;

/** `12 ms`, `3.2 s`, `4 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 0) return '';
  if (seconds < 0.1) return `${Math.round(1000 * seconds)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** The seconds since a start, counting on until there is an end. */
export function Elapsed({ start, end }: { start?: EpochSeconds; end?: EpochSeconds }) {
  const [, tick] = useState(0);
  const running = start !== undefined && end === undefined;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
  if (start === undefined) return <>–</>;
  return <span className="unbroken">{duration(Math.max(0, (end ?? now().getTime() / 1000) - start))}</span>;
}

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function Moment({ at }: { at?: EpochSeconds }) {
  if (at === undefined) return <>–</>;
  const date = new Date(at * 1000);
  return <time dateTime={date.toISOString()}>{format.format(date)}</time>;
}
