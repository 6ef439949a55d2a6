import { quantityOf } from '../../../reach/kubernetes/quantity.ts';
import type { Cause } from '../status.ts';
import { dig, fieldsOf, listOf, textOf } from '../values.ts';
import { required, wrong } from './causes.ts';
import { LABEL_RULE, LABEL_SYNTAX } from './names.ts';

/** What is wrong with the containers of a pod spec. */
export function podSpecCauses(spec: unknown, at: string): Cause[] {
  const containers = listOf(dig(spec, 'containers'));
  if (containers.length === 0) return [required(`${at}.containers`)];
  const names = containers.map((one) => textOf(dig(one, 'name')));
  return containers.flatMap((one, index) => {
    const field = `${at}.containers[${index}]`;
    const name = names[index] ?? '';
    return [
      ...containerCauses(one, field),
      ...(names.indexOf(name) < index ? [duplicate(`${field}.name`, name)] : []),
    ];
  });
}

function containerCauses(container: unknown, field: string): Cause[] {
  const name = textOf(dig(container, 'name'));
  const causes: Cause[] = [];
  if (name === '') causes.push(required(`${field}.name`));
  else if (!LABEL_SYNTAX.test(name) || name.length > 63)
    causes.push(wrong(`${field}.name`, name, LABEL_RULE));
  if (textOf(dig(container, 'image')) === '') causes.push(required(`${field}.image`));
  const ports = listOf(dig(container, 'ports')).entries();
  for (const [index, port] of ports) {
    const number = dig(port, 'containerPort');
    if (number === undefined) causes.push(required(`${field}.ports[${index}].containerPort`));
    else if (typeof number === 'number' && (number < 1 || number > 65_535))
      causes.push(
        wrong(`${field}.ports[${index}].containerPort`, number, 'must be between 1 and 65535, inclusive'),
      );
  }
  causes.push(...resourceCauses(dig(container, 'resources'), `${field}.resources`));
  for (const [index, variable] of listOf(dig(container, 'env')).entries())
    if (textOf(dig(variable, 'name')) === '') causes.push(required(`${field}.env[${index}].name`));
  return causes;
}

const STANDARD = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** What is wrong with requests and limits: unknown names, negative amounts, requests above their limits. */
function resourceCauses(resources: unknown, field: string): Cause[] {
  const limits = fieldsOf(dig(resources, 'limits'));
  const requests = fieldsOf(dig(resources, 'requests'));
  const amounts = Object.entries({ limits, requests }).flatMap(([kind, all]) =>
    Object.entries(all).flatMap(([name, amount]) => amountCauses(name, amount, `${field}.${kind}[${name}]`)),
  );
  const excessive = Object.entries(requests).filter(
    ([name, amount]) => (quantityOf(amount) ?? 0) > (quantityOf(limits[name]) ?? Number.POSITIVE_INFINITY),
  );
  return [
    ...amounts,
    ...excessive.map(([name, amount]) =>
      wrong(`${field}.requests`, amount, `must be less than or equal to ${name} limit of ${limits[name]}`),
    ),
  ];
}

function amountCauses(name: string, amount: unknown, field: string): Cause[] {
  const causes: Cause[] = [];
  if (!name.includes('/') && !STANDARD.test(name)) {
    causes.push(wrong(field, name, 'must be a standard resource type or fully qualified'));
    causes.push(wrong(field, name, 'must be a standard resource for containers'));
  }
  if ((quantityOf(amount) ?? 0) < 0) causes.push(wrong(field, amount, 'must be greater than or equal to 0'));
  return causes;
}

const duplicate = (field: string, name: string): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: "${name}"`,
  field,
});
