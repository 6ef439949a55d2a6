import type { Document, YAMLError } from 'yaml';
import type { Place, Problem } from '../../model/result.ts';

/** After a first error the parser often finds more in the same words; nobody reads fifty. */
const MOST_PROBLEMS = 5;

/** What YAML is wrong about in a document, in our words where we know better ones. */
export function yamlProblems(document: Document, place: (offset: number) => Place): Problem[] {
  const troubles = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const problems = troubles.map((trouble) => yamlProblem(trouble, place));
  const distinct = problems.filter(
    (problem, index) =>
      problems.findIndex(
        (other) => other.at?.line === problem.at?.line && other.message === problem.message,
      ) === index,
  );
  return distinct.slice(0, MOST_PROBLEMS);
}

/** Nothing is wrong but repeated keys: the rest can be checked too. */
export const structureIsSound = (document: Document): boolean =>
  document.errors.every((error) => error.code === 'DUPLICATE_KEY');

const FIX = 'Indent with spaces, and put a text that holds `: `, `#`, `"`, `[` or `{` into quotes.';

/** Ours for the codes that people meet: the message, and what to do. */
const known: Partial<Record<YAMLError['code'], readonly [message: string, fix: string]>> = {
  DUPLICATE_KEY: ['the key is written twice in the same mapping', 'Remove one of the two.'],
  MULTIPLE_DOCS: ['there is more than one document in the file', 'Write each into a file of its own.'],
  TAB_AS_INDENT: ['a tab is used to indent', 'Indent with spaces.'],
  RESOURCE_EXHAUSTION: ['the file is nested too deeply', FIX],
  TAG_RESOLVE_FAILED: ['tags (`!word`) have no meaning here', 'Remove the tag, or put the text into quotes.'],
};

function yamlProblem(error: YAMLError, place: (offset: number) => Place): Problem {
  const [message, fix] = known[error.code] ?? [`this is not valid YAML: ${firstLine(error.message)}`, FIX];
  return { code: 'yaml-broken', message, fix, at: place(error.pos[0]) };
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 200);
