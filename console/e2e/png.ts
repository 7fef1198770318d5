// Pictures with a palette: what pages look like needs few colours, and the guide few bytes.

import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = 8;
/** Length, kind and checksum of a chunk. */
const FRAME = 12;

function chunk(kind: string, data: Buffer): Buffer {
  const made = Buffer.alloc(data.length + FRAME);
  made.writeUInt32BE(data.length);
  made.write(kind, 4, 'latin1');
  data.copy(made, 8);
  made.writeUInt32BE(crc32(made.subarray(4, data.length + 8)), data.length + 8);
  return made;
}

const distance = (a: number, b: number) =>
  [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 0xff) - ((b >> shift) & 0xff)) ** 2, 0);

/** Pixels by their place in a palette of the colours that most pixels have; each other becomes the nearest of these. */
function indexed(pixels: Buffer, width: number, channels: number): { rows: Buffer; palette: Buffer } {
  const colours = Array.from({ length: pixels.length / channels }, (_, pixel) => pixels.readUIntBE(pixel * channels, 3));
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const known = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const kept = known.slice(0, 256);
  const places = new Map(kept.map((colour, place) => [colour, place]));
  for (const colour of known.slice(256)) {
    const nearest = kept.reduce((best, it) => (distance(it, colour) < distance(best, colour) ? it : best));
    places.set(colour, kept.indexOf(nearest));
  }
  const rows = Buffer.alloc((colours.length / width) * (width + 1));
  colours.forEach((colour, pixel) => (rows[Math.floor(pixel / width) * (width + 1) + 1 + (pixel % width)] = places.get(colour) ?? 0));
  return { rows, palette: Buffer.from(kept.flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff])) };
}

/** The pixels of rows whose bytes each tell the difference to a neighbour. */
function unfiltered(rows: Buffer, stride: number, channels: number): Buffer {
  const height = rows.length / (stride + 1);
  const pixels = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < channels ? 0 : pixels[at - channels];
      const up = y === 0 ? 0 : pixels[at - stride];
      const corner = y === 0 || x < channels ? 0 : pixels[at - stride - channels];
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[at] = rows[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((it) => Math.abs(guess - it));
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** A picture of 256 colours, from one of eight bits a channel that is not interlaced. */
export function smaller(png: Buffer): Buffer {
  const chunks: { kind: string; data: Buffer }[] = [];
  for (let at = SIGNATURE; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ kind: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + FRAME;
  }
  const head = Buffer.from(chunks[0].data);
  const width = head.readUInt32BE(0);
  const channels = ({ 2: 3, 6: 4 } as Record<number, number>)[head[9]];
  if (head[8] !== 8 || !channels || head[12] !== 0) throw new Error('not a picture as Chromium makes them');
  const packed = Buffer.concat(chunks.filter(({ kind }) => kind === 'IDAT').map(({ data }) => data));
  const { rows, palette } = indexed(unfiltered(inflateSync(packed), width * channels, channels), width, channels);
  head[9] = 3;
  return Buffer.concat([png.subarray(0, SIGNATURE), chunk('IHDR', head), chunk('PLTE', palette), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
