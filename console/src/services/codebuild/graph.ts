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

export interface Layout {
  nodes: Placed[];
  columns: number;
  rows: number;
}

/** Columns by what is waited for, rows near those of what is waited for. A circle, which CodeBuild refuses, is cut where it is met again. */
export function layout(nodes: GraphNode[]): Layout {
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

  const count = nodes.length === 0 ? 0 : 1 + Math.max(...columns.values());
  const rows = new Map<string, number>();
  let most = 0;
  for (let column = 0; column < count; column++) {
    const here = nodes.filter(({ id }) => columns.get(id) === column);
    const wish = ({ dependsOn }: GraphNode) => {
      const known = dependsOn.flatMap((it) => rows.get(it) ?? []);
      return known.length === 0 ? Infinity : known.reduce((sum, it) => sum + it, 0) / known.length;
    };
    // `sort` keeps the order of those that wish the same.
    const ordered = column === 0 ? here : here.map((node) => ({ node, at: wish(node) })).sort((a, b) => a.at - b.at).map(({ node }) => node);
    ordered.forEach(({ id }, row) => rows.set(id, row));
    most = Math.max(most, ordered.length);
  }
  return { nodes: nodes.map(({ id }) => ({ id, column: columns.get(id) ?? 0, row: rows.get(id) ?? 0 })), columns: count, rows: most };
}
