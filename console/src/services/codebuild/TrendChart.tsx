import Box from '@cloudscape-design/components/box';
import './trend.css';
import { reportPath } from './ReportTable';

interface Props {
  title: string;
  /** The oldest first. */
  points: { arn: string; value: number }[];
  show: (value: number) => string;
  /** The top of the scale; the highest value if absent. */
  most?: number;
}

const WIDTH = 300;
const HEIGHT = 90;
const EDGE = 6;

/** A line over the reports of a group; each point leads to its report. */
export function TrendChart({ title, points, show, most }: Props) {
  const last = points.at(-1);
  const top = Math.max(most ?? 0, ...points.map(({ value }) => value)) || 1;
  const x = (at: number) => (points.length === 1 ? WIDTH / 2 : EDGE + (at * (WIDTH - 2 * EDGE)) / (points.length - 1));
  const y = (value: number) => HEIGHT - EDGE - (value / top) * (HEIGHT - 2 * EDGE);
  return (
    <div>
      <Box variant="awsui-key-label">{title}</Box>
      <Box fontSize="heading-l">{last ? show(last.value) : '–'}</Box>
      {points.length > 0 && (
        <svg className="trend" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={`${title}: ${points.map(({ value }) => show(value)).join(', ')}`}>
          <line className="trend-axis" x1="0" x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} />
          <polyline className="trend-line" points={points.map(({ value }, at) => `${x(at)},${y(value)}`).join(' ')} />
          {points.map(({ arn, value }, at) => (
            <a key={arn} href={`#${reportPath(arn)}`} aria-label={`Report ${at + 1}: ${show(value)}`}>
              <title>{show(value)}</title>
              <circle className="trend-point" cx={x(at)} cy={y(value)} r="4" />
            </a>
          ))}
        </svg>
      )}
      {points.length > 1 && (
        <Box color="text-body-secondary" fontSize="body-s">
          From {show(Math.min(...points.map(({ value }) => value)))} to {show(Math.max(...points.map(({ value }) => value)))}
        </Box>
      )}
    </div>
  );
}
