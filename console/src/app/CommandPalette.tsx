import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useMemo, useRef, useState } from 'react';
import './palette.css';
import { services } from './registry';
import { go } from './router';
import type { Hit } from './service';

/** Hits that are shown at first, and at most: beyond that nobody looks. */
const FIRST = 12;
const MOST = 500;

/** Finds pages and resources by name. */
export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [hits, setHits] = useState<Hit[]>(() =>
    services.flatMap(({ title, nav }) => nav.map((item) => ({ name: item.text, kind: title, path: item.path }))),
  );
  const [at, setAt] = useState(0);
  const [most, setMost] = useState(FIRST);
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    const control = new AbortController();
    for (const { search } of services) {
      // Who may not list something does not find it.
      search?.(control.signal).then((more) => setHits((known) => [...known, ...more]), () => undefined);
    }
    return () => control.abort();
  }, []);

  const found = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ name, kind }: Hit) => words.every((word) => `${kind} ${name}`.toLowerCase().includes(word));
    return hits.filter(fits);
  }, [hits, text]);
  const shown = found.slice(0, most);
  const more = found.length - shown.length;

  const moveTo = (index: number) => {
    // Behind the last that is shown there are more.
    if (index >= most && more > 0) setMost(MOST);
    setAt(Math.max(0, Math.min(index, Math.min(found.length, MOST) - 1)));
  };
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);

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
            setMost(FIRST);
          }}
          onKeyDown={(event) => {
            const { key } = event.detail;
            if (key === 'ArrowDown') moveTo(at + 1);
            else if (key === 'ArrowUp') moveTo(at - 1);
            else if (key === 'Enter') open(shown[at]);
            else return;
            event.preventDefault();
          }}
        />
        {shown.length === 0 && <Box color="text-body-secondary">Nothing is called so.</Box>}
        <ul className="palette" aria-label="Found" ref={list}>
          {shown.map((hit, index) => (
            <li key={hit.path}>
              <a href={`#${hit.path}`} onClick={onClose} aria-current={index === at || undefined}>
                {hit.name} <Box variant="small">{hit.kind}</Box>
              </a>
            </li>
          ))}
        </ul>
        {more > 0 && most < MOST && <Button variant="link" onClick={() => setMost(MOST)}>{`Show ${Math.min(more, MOST - FIRST)} more`}</Button>}
        {more > 0 && most === MOST && <Box color="text-body-secondary">{more} more: type more of the name.</Box>}
      </SpaceBetween>
    </Modal>
  );
}
