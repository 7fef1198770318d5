// AWS's Query protocol, which IAM and STS speak: forms go in, XML comes out.
// https://docs.aws.amazon.com/IAM/latest/APIReference/

import { send } from './client';
import { ApiError } from './errors';
import { child, parseXml, type Element } from './xml';

/** A service that speaks Query: its signing name and the version of its API. */
export interface QueryService {
  name: string;
  version: string;
}

export const IAM: QueryService = { name: 'iam', version: '2010-05-08' };
export const STS: QueryService = { name: 'sts', version: '2011-06-15' };

/** What an element is: text, a list of `member`s, a map of `entry`s, or an object by the names of its children. */
export type QueryValue = string | QueryValue[] | { [name: string]: QueryValue };

type Parameter = string | number | boolean | undefined | null | Parameter[] | { [name: string]: Parameter };

/** The members of an input as form fields: lists are `Name.member.1`, objects `Name.Member`. */
export function formOf(input: { [name: string]: Parameter }): [string, string][] {
  const fields: [string, string][] = [];
  const add = (name: string, value: Parameter) => {
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) value.forEach((item, at) => add(`${name}.member.${at + 1}`, item));
    else if (typeof value === 'object') Object.entries(value).forEach(([key, item]) => add(`${name}.${key}`, item));
    else fields.push([name, String(value)]);
  };
  Object.entries(input).forEach(([name, value]) => add(name, value));
  return fields;
}

export function valueOf(element: Element): QueryValue {
  if (element.children.length === 0) return element.text;
  if (element.children.every(({ name }) => name === 'member')) return element.children.map(valueOf);
  if (element.children.every(({ name, children }) => name === 'entry' && children.length === 2)) {
    return Object.fromEntries(element.children.map(({ children: [key, value] }) => [key.text, valueOf(value)]));
  }
  return Object.fromEntries(element.children.map((part) => [part.name, valueOf(part)]));
}

/** A list of an answer: an empty one comes as an element without anything in it. */
export const list = <T>(value: T[] | '' | undefined): T[] => (Array.isArray(value) ? value : []);

/** Calls an operation. What it answers is text throughout: numbers, times and truth values too. */
export async function query<Output>(
  service: QueryService,
  action: string,
  input: object = {},
  signal?: AbortSignal,
): Promise<Output> {
  const fields = formOf({ Action: action, Version: service.version, ...input });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await send(service.name, '/', headers, new URLSearchParams(fields).toString(), signal);
  let root: Element;
  try {
    root = parseXml(await answer.text());
  } catch (error) {
    throw new ApiError(answer.status, 'Unreadable', `${action}: ${String(error)}`);
  }
  const result = child(root, `${action}Result`);
  return (result ? valueOf(result) || {} : {}) as Output;
}

/** All items of a listing that is cut by `Marker`. */
export async function queryAll<Item>(
  service: QueryService,
  action: string,
  member: string,
  input: object = {},
  signal?: AbortSignal,
): Promise<Item[]> {
  const items: Item[] = [];
  let marker: string | undefined;
  do {
    const page = await query<Record<string, Item[] | '' | undefined> & { IsTruncated?: string; Marker?: string }>(
      service, action, { ...input, Marker: marker }, signal);
    items.push(...list(page[member] as Item[] | ''));
    marker = page.IsTruncated === 'true' ? page.Marker : undefined;
  } while (marker);
  return items;
}
