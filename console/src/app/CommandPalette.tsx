import Box from '@cloudscape-design/components/box';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useMemo, useState } from 'react';
import './palette.css';
import { services } from './registry';
import { go } from './router';
import type { Hit } from './service';

const MOST = 12;

/** Finds pages and resources by name. */
export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [hits, setHits] = useState<Hit[]>(() =>
    services.flatMap(({ title, nav }) => nav.map((item) => ({ name: item.text, kind: title, path: item.path }))),
  );
  const [at, setAt] = useState(0);

  useEffect(() => {
    const control = new AbortController();
    for (const { search } of services) {
      // Who may not list something does not find it.
      search?.(control.signal).then((more) => setHits((known) => [...known, ...more]), () => undefined);
    }
    return () => control.abort();
  }, []);

  const shown = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ name, kind }: Hit) => words.every((word) => `${kind} ${name}`.toLowerCase().includes(word));
    return hits.filter(fits).slice(0, MOST);
  }, [hits, text]);

  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    go(hit.path);
    onClose();
  };

  return (
    <Modal visible onDismiss={onClose} header="Search" size="medium" closeAriaLabel="Close">
      <SpaceBetween size="s">
        <Input
          value={text}
          autoFocus
          type="search"
          ariaLabel="Name of a page or a resource"
          placeholder="Name of a page or a resource"
          onChange={({ detail }) => {
            setText(detail.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const { key } = event.detail;
            if (key === 'ArrowDown') setAt((now) => Math.min(now + 1, shown.length - 1));
            else if (key === 'ArrowUp') setAt((now) => Math.max(now - 1, 0));
            else if (key === 'Enter') open(shown[at]);
            else return;
            event.preventDefault();
          }}
        />
        {shown.length === 0 && <Box color="text-body-secondary">Nothing is called so.</Box>}
        <ul className="palette" aria-label="Found">
          {shown.map((hit, index) => (
            <li key={hit.path}>
              <a href={`#${hit.path}`} onClick={onClose} aria-current={index === at || undefined}>
                {hit.name} <Box variant="small">{hit.kind}</Box>
              </a>
            </li>
          ))}
        </ul>
      </SpaceBetween>
    </Modal>
  );
}
