// CRC-32 (IEEE 802.3), the checksum of S3's that is cheap enough to take of every part of an upload.

const TABLE = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum, as a header has it: four bytes, the highest first, in base64. */
export function crc32(data: Uint8Array): string {
  let value = 0xffffffff;
  for (let at = 0; at < data.length; at++) value = TABLE[(value ^ data[at]) & 0xff] ^ (value >>> 8);
  value ^= 0xffffffff;
  return base64(new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]));
}

export const base64 = (data: Uint8Array) => btoa(String.fromCharCode(...data));
