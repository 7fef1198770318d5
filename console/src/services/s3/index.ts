import { pathOf } from '../../app/router';
import type { ConsoleService } from '../../app/service';
import { bucketPath } from './paths';

const buckets = { text: 'Buckets', href: '/s3/buckets' };
const bucket = (name: string) => ({ text: name, href: bucketPath(name) });

export const s3: ConsoleService = {
  title: 'S3',
  nav: [{ text: buckets.text, path: buckets.href }],
  pages: [
    { path: '/s3/buckets', load: () => import('./BucketsPage'), trail: () => [buckets] },
    { path: '/s3/buckets/:name', load: () => import('./BucketPage'), trail: ({ name }) => [buckets, bucket(name)] },
    {
      path: '/s3/buckets/:name/objects/:key',
      load: () => import('./ObjectPage'),
      trail: ({ name, key }) => {
        const parts = key.split('/');
        const folders = parts.slice(0, -1).map((text, at) => ({ text: text || '/', href: bucketPath(name, `${parts.slice(0, at + 1).join('/')}/`) }));
        return [buckets, bucket(name), ...folders, { text: parts.at(-1) || key, href: pathOf('s3', 'buckets', name, 'objects', key) }];
      },
    },
  ],
  search: async (signal) => {
    // Only whoever searches needs to read XML.
    const { listBuckets } = await import('./api');
    return (await listBuckets(signal)).map(({ name }) => ({ name, kind: 'Bucket', path: bucketPath(name) }));
  },
};
