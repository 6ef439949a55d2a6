import { Environment as CelEnvironment } from '@marcbachmann/cel-js';
import { runMeasures } from '../../model/families.ts';
import type { SignalDescriptor } from '../../model/series.ts';
import { type GroupName, type Name, namesOf, type ValueType } from './names.ts';

/** Every name that an expression may use, typed; made once from the signals' descriptors. */
export interface Environment {
  readonly names: GroupName;
  /** CEL, with each signal a registered struct of declared fields: nothing in it is a map or dyn. */
  readonly cel: CelEnvironment;
  /** Makes an empty struct of a group, for the values of one evaluation. */
  readonly structs: ReadonlyMap<GroupName, () => object>;
}

/** What the parser bears; far more than a person writes. */
const limits = { maxAstNodes: 2_000, maxDepth: 200 };

const celTypes: Record<ValueType, string> = { number: 'double', text: 'string', bool: 'bool' };

/** The typed names of these signals, and of the run itself. */
export function environmentOf(signals: readonly SignalDescriptor[]): Environment {
  const names = namesOf(signals);
  const registering: Registering = { cel: new CelEnvironment({ limits }), structs: new Map() };
  for (const [name, of] of names.members) {
    const type = of.is === 'group' ? registerStruct(registering, of) : celTypes[of.type];
    if (isIdentifier(name)) registering.cel.registerVariable(name, type);
  }
  return { names, ...registering };
}

/** Words that CEL keeps for itself, and what JavaScript must not meet as a key. */
const reserved = new Set(
  (
    'as break const continue else for function if import let loop package namespace return var void while ' +
    'in true false null cel __proto__ prototype constructor'
  ).split(' '),
);

const isIdentifier = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name);

/** Can this be the name of a signal? Letters, digits and `_`; no word of CEL's own, no measure of the run, not `observer`. */
export const isUsableName = (name: string): boolean =>
  isIdentifier(name) && name !== 'observer' && !Object.hasOwn(runMeasures, name);

interface Registering {
  cel: CelEnvironment;
  structs: Map<GroupName, () => object>;
}

/** Registers a group's members first, then itself, and gives its type's name. */
function registerStruct(registering: Registering, group: GroupName): string {
  const fields: Record<string, string> = Object.create(null);
  const functions: string[] = [];
  for (const [name, of] of group.members) {
    if (of.is === 'group') fields[name] = registerStruct(registering, of);
    else if (of.takesNumber) functions.push(name);
    else fields[name] = celTypes[of.type];
  }
  const type = `Struct${registering.structs.size}`;
  const ctor = class {};
  registering.structs.set(group, () => new ctor());
  registering.cel.registerType(type, { ctor, fields });
  for (const name of functions) {
    registering.cel.registerFunction(`${type}.${name}(double): double`, (struct: object, argument: number) =>
      Reflect.get(struct, calledField(name, argument)),
    );
  }
  return type;
}

/** Where a struct keeps the value of a function of a number. */
export const calledField = (name: string, argument: number): string => `${name}(${argument})`;

/** Every measure below a name, for completion and for tests. */
export function measuresBelow(name: Name): readonly Name[] {
  return name.is === 'measure' ? [name] : [...name.members.values()].flatMap(measuresBelow);
}
