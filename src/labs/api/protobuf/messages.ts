/** One field of a message: what it is called in JSON, and how its bytes are read. */
export interface FieldShape {
  name: string;
  type: string;
  list: boolean;
  map: boolean;
  /** A pointer in Go: a zero was set on purpose. Without it a zero means that nothing was set. */
  keepsZero: boolean;
}

/**
 * The messages that kubectl sends as protobuf, instead of JSON, when it makes objects itself (`create deployment`,
 * `auth can-i`, `drain`): number, name, type of each field. Types: text, int, bool, bytes, time, intOrString or a
 * message; `[]` is a list, `{}` a map with text keys, `?` a field whose zero counts.
 * Source of the numbers: generated.proto of k8s.io/api and k8s.io/apimachinery.
 */
const SHAPES: Record<string, string> = {
  ObjectMeta: `1 name text, 2 generateName text, 3 namespace text, 5 uid text, 6 resourceVersion text,
    7 generation int, 8 creationTimestamp time, 9 deletionTimestamp time, 10 deletionGracePeriodSeconds int?,
    11 labels {}text, 12 annotations {}text, 14 finalizers []text`,
  Namespace: '1 metadata ObjectMeta, 2 spec NamespaceSpec',
  NamespaceSpec: '1 finalizers []text',
  ConfigMap: '1 metadata ObjectMeta, 2 data {}text, 3 binaryData {}bytes, 4 immutable bool?',
  Secret: '1 metadata ObjectMeta, 2 data {}bytes, 3 type text, 4 stringData {}text, 5 immutable bool?',
  ServiceAccount: '1 metadata ObjectMeta, 4 automountServiceAccountToken bool?',
  Service: '1 metadata ObjectMeta, 2 spec ServiceSpec',
  ServiceSpec: `1 ports []ServicePort, 2 selector {}text, 3 clusterIP text, 4 type text, 5 externalIPs []text,
    7 sessionAffinity text, 8 loadBalancerIP text, 10 externalName text, 11 externalTrafficPolicy text,
    13 publishNotReadyAddresses bool, 17 ipFamilyPolicy text, 18 clusterIPs []text, 19 ipFamilies []text,
    22 internalTrafficPolicy text`,
  ServicePort: `1 name text, 2 protocol text, 3 port int, 4 targetPort intOrString, 5 nodePort int,
    6 appProtocol text`,
  Deployment: '1 metadata ObjectMeta, 2 spec DeploymentSpec',
  DeploymentSpec: `1 replicas int?, 2 selector LabelSelector, 3 template PodTemplateSpec,
    4 strategy DeploymentStrategy, 5 minReadySeconds int, 6 revisionHistoryLimit int?, 7 paused bool,
    9 progressDeadlineSeconds int?`,
  DeploymentStrategy: '1 type text',
  LabelSelector: '1 matchLabels {}text, 2 matchExpressions []LabelRequirement',
  LabelRequirement: '1 key text, 2 operator text, 3 values []text',
  PodTemplateSpec: '1 metadata ObjectMeta, 2 spec PodSpec',
  PodSpec: `2 containers []Container, 3 restartPolicy text, 4 terminationGracePeriodSeconds int?,
    5 activeDeadlineSeconds int?, 6 dnsPolicy text, 7 nodeSelector {}text, 8 serviceAccountName text,
    9 serviceAccount text, 10 nodeName text, 16 hostname text, 17 subdomain text, 19 schedulerName text,
    20 initContainers []Container`,
  Container: `1 name text, 2 image text, 3 command []text, 4 args []text, 5 workingDir text,
    6 ports []ContainerPort, 7 env []EnvVar, 13 terminationMessagePath text, 14 imagePullPolicy text,
    16 stdin bool, 17 stdinOnce bool, 18 tty bool, 20 terminationMessagePolicy text`,
  ContainerPort: '1 name text, 2 hostPort int, 3 containerPort int, 4 protocol text, 5 hostIP text',
  EnvVar: '1 name text, 2 value text',
  SelfSubjectAccessReview: '1 metadata ObjectMeta, 2 spec AccessReviewSpec',
  AccessReviewSpec: '1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes',
  ResourceAttributes: `1 namespace text, 2 verb text, 3 group text, 4 version text, 5 resource text,
    6 subresource text, 7 name text`,
  NonResourceAttributes: '1 path text, 2 verb text',
  SelfSubjectRulesReview: '1 metadata ObjectMeta, 2 spec RulesReviewSpec',
  RulesReviewSpec: '1 namespace text',
  SelfSubjectReview: '1 metadata ObjectMeta',
  Eviction: '1 metadata ObjectMeta, 2 deleteOptions DeleteOptions',
  DeleteOptions: `1 gracePeriodSeconds int?, 2 preconditions Preconditions, 3 orphanDependents bool?,
    4 propagationPolicy text, 5 dryRun []text`,
  Preconditions: '1 uid text, 2 resourceVersion text',
};

const parsed = new Map(Object.entries(SHAPES).map(([name, text]) => [name, fieldsFrom(text)]));

/** The fields of a message by their numbers; undefined for one that is not known here. */
export const shapeOf = (message: string): Map<number, FieldShape> | undefined => parsed.get(message);

function fieldsFrom(text: string): Map<number, FieldShape> {
  const fields = text.split(',').map((one): [number, FieldShape] => {
    const [number = '', name = '', type = ''] = one.trim().split(/\s+/);
    return [
      Number(number),
      {
        name,
        type: type.replace(/^(\[\]|\{\})/, '').replace(/\?$/, ''),
        list: type.startsWith('[]'),
        map: type.startsWith('{}'),
        keepsZero: type.endsWith('?'),
      },
    ];
  });
  return new Map(fields);
}
