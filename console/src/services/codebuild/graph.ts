// Where the builds of a batch are drawn: each in the column behind all that it waits for.

export interface GraphNode {
  id: string;
  dependsOn: string[];
}

export interface Placed {
  id: string;
  column: number;
  row: number;
}

/** A line from what is waited for to what waits, through free places of the columns between. */
export interface Edge {
  from: string;
  to: string;
  via: Placed[];
}

export interface Layout {
  nodes: Placed[];
  edges: Edge[];
  columns: number;
  rows: number;
}

/** How many columns are before each: one more than before the last of what it waits for. */
function columnsOf(nodes: GraphNode[]): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const columns = new Map<string, number>();
  const columnOf = (id: string, above: ReadonlySet<string>): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    const waited = (byId.get(id)?.dependsOn ?? []).filter((it) => byId.has(it) && !above.has(it));
    const inner = new Set(above).add(id);
    const column = waited.length === 0 ? 0 : 1 + Math.max(...waited.map((it) => columnOf(it, inner)));
    columns.set(id, column);
    return column;
  };
  for (const { id } of nodes) columnOf(id, new Set());
  return columns;
}

/** Columns by what is waited for, rows near those of what is waited for. A circle, which CodeBuild refuses, is cut where it is met again. */
export function layout(nodes: GraphNode[]): Layout {
  const columns = columnsOf(nodes);
  const count = nodes.length === 0 ? 0 : 1 + Math.max(...columns.values());
  const places: { id: string; column: number; behind: string[] }[] = [];
  const edges: { from: string; to: string; via: string[] }[] = [];
  for (const { id, dependsOn } of nodes) {
    const column = columns.get(id) ?? 0;
    const behind: string[] = [];
    for (const from of dependsOn.filter((it) => columns.has(it))) {
      const via: string[] = [];
      // A line takes a place in each column that it crosses, so that it crosses no build.
      for (let at = (columns.get(from) ?? 0) + 1; at < column; at++) {
        const crossing = `${from}\n${id}\n${at}`;
        places.push({ id: crossing, column: at, behind: [via.at(-1) ?? from] });
        via.push(crossing);
      }
      behind.push(via.at(-1) ?? from);
      edges.push({ from, to: id, via });
    }
    places.push({ id, column, behind });
  }

  const rows = new Map<string, number>();
  for (let column = 0; column < count; column++) {
    const wish = (behind: string[]) => {
      const known = behind.flatMap((it) => rows.get(it) ?? []);
      return known.length === 0 ? Infinity : known.reduce((sum, it) => sum + it, 0) / known.length;
    };
    // `sort` keeps the order of those that wish the same.
    const here = places.filter((it) => it.column === column).map(({ id, behind }) => ({ id, at: wish(behind) }));
    here.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at)).forEach(({ id }, row) => rows.set(id, row));
  }
  const placed = new Map(places.map(({ id, column }) => [id, { id, column, row: rows.get(id) ?? 0 }]));
  const at = (id: string) => placed.get(id) ?? { id, column: 0, row: 0 };
  return {
    nodes: nodes.map(({ id }) => at(id)),
    edges: edges.map(({ from, to, via }) => ({ from, to, via: via.map(at) })),
    columns: count,
    rows: rows.size === 0 ? 0 : 1 + Math.max(...rows.values()),
  };
}
