import { useEffect, useState } from 'react';
import { now } from '../../api/session';
import { barOf, type Timed } from './gantt';
import { colour } from './status';
import './pipeline.css';

/** The yard's time in seconds, each second anew while something goes on. */
export function useNow(running: boolean): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now().getTime() / 1000;
}

interface Props {
  timed: Timed;
  whole: { from: number; to: number };
  time: number;
  status: string;
}

export function GanttBar({ timed, whole, time, status }: Props) {
  const bar = barOf(timed, whole, time);
  return (
    <div className="gantt" aria-hidden="true">
      {bar && <div className={`gantt-bar gantt-${colour(status)}`} style={{ left: `${bar.left}%`, width: `${bar.width}%` }} />}
    </div>
  );
}
