/**
 * What is wrong with a bucket's name, if anything:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function badBucketName(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return 'A name has 3 to 63 characters.';
  if (/[A-Z]/.test(name)) return 'A name has no upper-case letters.';
  if (!/^[a-z0-9.-]+$/.test(name)) return 'A name has lower-case letters, digits, dots and hyphens only.';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return 'A name begins and ends with a letter or a digit.';
  if (name.includes('..')) return 'A name has no two dots behind each other.';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return 'A name does not look like an IP address.';
  const reserved = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.exec(name);
  return reserved ? `“${reserved[0]}” is reserved by S3.` : undefined;
}
