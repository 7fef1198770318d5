import './home.css';

const HEIGHT = 48;
const STEP = 10;

/** Deliveries by day: those that succeeded, and on top of them those that failed. */
export function DayChart({ days }: { days: { day: string; succeeded: number; failed: number }[] }) {
  const most = Math.max(1, ...days.map(({ succeeded, failed }) => succeeded + failed));
  const scale = (count: number) => (count * (HEIGHT - 2)) / most;
  const told = days.filter(({ succeeded, failed }) => succeeded + failed > 0).map(({ day, succeeded, failed }) => `${day}: ${succeeded} succeeded, ${failed} failed`);
  return (
    <svg className="days" viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`Deliveries by day. ${told.join('. ')}`}>
      {days.map(({ day, succeeded, failed }, at) => (
        <g key={day}>
          <title>{`${day}: ${succeeded} succeeded, ${failed} failed`}</title>
          <rect className="days-none" x={at * STEP} y="0" width={STEP - 2} height={HEIGHT} />
          <rect className="days-succeeded" x={at * STEP} y={HEIGHT - scale(succeeded)} width={STEP - 2} height={scale(succeeded)} />
          <rect className="days-failed" x={at * STEP} y={HEIGHT - scale(succeeded + failed)} width={STEP - 2} height={scale(failed)} />
        </g>
      ))}
    </svg>
  );
}
