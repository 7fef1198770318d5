import './batch.css';
import { pathOf } from '../../app/router';
import { duration } from '../../components/time';
import { now } from '../../api/session';
import { idOf, type Build } from './api';
import type { BuildGroup } from './batches';
import { layout, type Placed } from './graph';
import { readable } from './status';

const WIDTH = 210;
const HEIGHT = 56;
const GAP_X = 60;
const GAP_Y = 18;
const EDGE = 8;
/** Characters of a name that there is room for. */
const MOST = 24;

const kindOf = (status: string | undefined) =>
  status === 'SUCCEEDED' ? 'ok' : status === 'IN_PROGRESS' ? 'now' : status === undefined ? 'wait' : 'bad';

const short = (text: string) => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text);

/** The builds of a batch and what they wait for. What it shows the list beside it has too. */
export function BatchGraph({ groups, builds }: { groups: BuildGroup[]; builds: Map<string, Build> }) {
  const { nodes, edges, columns, rows } = layout(groups.map(({ identifier, dependsOn }) => ({ id: identifier, dependsOn: dependsOn ?? [] })));
  const cornerOf = ({ column, row }: Placed) => ({ x: EDGE + column * (WIDTH + GAP_X), y: EDGE + row * (HEIGHT + GAP_Y) });
  const place = new Map(nodes.map((node) => [node.id, cornerOf(node)]));
  const width = 2 * EDGE + columns * WIDTH + Math.max(0, columns - 1) * GAP_X;
  const height = 2 * EDGE + rows * HEIGHT + Math.max(0, rows - 1) * GAP_Y;
  // From the right of what is waited for, straight through free places, to the left of what waits.
  const pathOfEdge = (from: { x: number; y: number }, via: Placed[], to: { x: number; y: number }) => {
    const middle = HEIGHT / 2;
    let [x, y] = [from.x + WIDTH, from.y + middle];
    let d = `M${x},${y}`;
    for (const next of [...via.map(cornerOf), to]) {
      const bend = (x + next.x) / 2;
      d += ` C${bend},${y} ${bend},${next.y + middle} ${next.x},${next.y + middle}`;
      [x, y] = [next.x + WIDTH, next.y + middle];
      if (next !== to) d += ` H${x}`;
    }
    return d;
  };
  return (
    <div className="batch-graph" tabIndex={0} role="region" aria-label="Graph of the batch">
      <svg width={width} height={height} role="group" aria-label="Builds of the batch">
        {edges.map(({ from, to, via }) => {
          const [a, b] = [place.get(from), place.get(to)];
          return a && b && <path key={`${from} ${to}`} className="batch-edge" d={pathOfEdge(a, via, b)} aria-hidden="true" />;
        })}
        {groups.map(({ identifier, currentBuildSummary }) => {
          const at = place.get(identifier) ?? { x: 0, y: 0 };
          const status = currentBuildSummary?.buildStatus;
          const arn = currentBuildSummary?.arn;
          const build = arn ? builds.get(arn) : undefined;
          const took = build?.startTime === undefined ? '' : duration((build.endTime ?? now().getTime() / 1000) - build.startTime);
          const said = [status ? readable(status) : 'Waiting', took].filter(Boolean).join(', ');
          const inner = (
            <>
              <rect x={at.x} y={at.y} width={WIDTH} height={HEIGHT} rx={8} />
              <circle className="batch-mark" cx={at.x + 16} cy={at.y + 20} r={5} />
              <text x={at.x + 28} y={at.y + 24}>{`${short(identifier)} `}</text>
              <text className="batch-said" x={at.x + 28} y={at.y + 43}>{said}</text>
            </>
          );
          const kind = `batch-node batch-${kindOf(status)}`;
          return arn ? (
            <a key={identifier} className={kind} href={`#${pathOf('codebuild', 'builds', idOf(arn))}`}>{inner}</a>
          ) : (
            <g key={identifier} className={kind} role="img" aria-label={`${identifier}: ${said}`}>{inner}</g>
          );
        })}
      </svg>
    </div>
  );
}
