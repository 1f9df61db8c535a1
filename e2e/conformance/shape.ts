/** Names, types and nesting of JSON values, and how two of them differ. */

export type DifferenceKind = "we-omit" | "we-add" | "other-type";

export interface ShapeDifference {
  /** `items[].links.self.uri`. */
  path: string;
  kind: DifferenceKind;
}

interface Shape {
  types: Map<string, Set<string>>;
  /** Where anything may stand: a null, or the items of an empty array. */
  open: Set<string>;
}

/** Members whose names are data. */
const maps = /(?:^|\.)(?:provisioningContext|dynamicAttributes|properties)$/;

function shapeOf(value: unknown): Shape {
  const shape: Shape = { types: new Map(), open: new Set() };
  collect(value, "", shape);
  return shape;
}

function collect(value: unknown, path: string, shape: Shape): void {
  if (value === null || value === undefined) {
    shape.open.add(path);
    return;
  }
  const type = Array.isArray(value) ? "array" : typeof value;
  const types = shape.types.get(path) ?? new Set();
  shape.types.set(path, types.add(type));
  if (Array.isArray(value)) {
    if (value.length === 0) shape.open.add(`${path}[]`);
    for (const item of value) collect(item, `${path}[]`, shape);
  } else if (typeof value === "object" && !maps.test(path)) {
    const members = Object.entries(value);
    // What the documents leave out by `{ ... }` says nothing of its members.
    if (members.length === 0) shape.open.add(path);
    for (const [name, member] of members) {
      collect(member, path === "" ? name : `${path}.${name}`, shape);
    }
  }
}

/** Values are free; of a member that is missing, what is below it is not listed. */
export function differencesOf(documented: unknown, ours: unknown): ShapeDifference[] {
  const theirs = shapeOf(documented);
  const own = shapeOf(ours);
  const found: ShapeDifference[] = [];
  for (const [path, types] of theirs.types) {
    const got = own.types.get(path);
    if (got) {
      if ([...types].every((type) => !got.has(type))) found.push({ path, kind: "other-type" });
    } else if (isKnown(own, parentOf(path)) && !isOpen(own, path)) {
      found.push({ path, kind: "we-omit" });
    }
  }
  for (const path of own.types.keys()) {
    if (theirs.types.has(path) || isOpen(theirs, path)) continue;
    if (isKnown(theirs, parentOf(path))) found.push({ path, kind: "we-add" });
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function parentOf(path: string): string {
  return path.replace(/(?:\[\]|(?:^|\.)[^.[\]]+)$/, "");
}

function isKnown(shape: Shape, path: string): boolean {
  return shape.types.has(path);
}

/** Whether a path lies at or below a place where nothing is told. */
function isOpen(shape: Shape, path: string): boolean {
  for (const place of shape.open) {
    if (shape.types.has(place) && !isEmptyObject(shape, place)) continue;
    if (path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)) return true;
  }
  return false;
}

/** Told nowhere else either: an object without members in every example. */
function isEmptyObject(shape: Shape, place: string): boolean {
  return ![...shape.types.keys()].some((path) => path.startsWith(`${place}.`));
}
