const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** `512 B`, `1.4 KB`, `23 MB`: as S3's console, in steps of 1,024. */
export function bytes(count: number | undefined): string {
  if (count === undefined || Number.isNaN(count)) return '–';
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
