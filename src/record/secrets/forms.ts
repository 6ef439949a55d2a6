/** Shorter secrets cannot be told from ordinary text, and replacing them would make every text unreadable. */
export const SECRET_MIN = 4;

/** A line of a longer secret (a key file) counts as a secret of its own from this length on. */
const LINE_MIN = 16;

/**
 * Every text that a secret can look like in a message: as it is, escaped in JSON (once, twice, ASCII only, as Go
 * writes it), percent-encoded by the usual rules, quoted for a shell or in YAML, and in base64 of both alphabets, also
 * amid other bytes. Forms of fewer than four characters are left out.
 */
export function formsOf(secret: string): string[] {
  const forms = new Set<string>();
  for (const part of partsOf(secret.toWellFormed())) {
    for (const form of [...escapedForms(part), ...urlForms(part), ...base64Forms(part)]) {
      if (form.length >= SECRET_MIN) forms.add(form);
    }
  }
  return [...forms];
}

/** The secret, without surrounding white space, and each of its longer lines. */
function partsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const long = lines.filter((line) => line.length >= LINE_MIN && !line.startsWith('-----'));
  return [secret, secret.trim(), ...(lines.length > 1 ? long : [])].filter(
    (part) => part.length >= SECRET_MIN,
  );
}

const unicodeEscape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

function escapedForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  // Split by code unit on purpose: JSON escapes the halves of a surrogate pair one by one.
  const ascii = json.replaceAll(/[^\x20-\x7e]/g, unicodeEscape);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    ascii,
    ascii.toUpperCase().replaceAll('\\U', '\\u'),
    json.replaceAll('/', '\\/'),
    json.replaceAll(/[<>&]/g, unicodeEscape),
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", "'\\''"),
  ];
}

function urlForms(secret: string): string[] {
  const component = encodeURIComponent(secret);
  const strict = component.replaceAll(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const url = new URL('http://host');
  url.password = secret;
  url.searchParams.set('q', secret);
  const encoded = [component, strict, encodeURI(secret), url.password, url.search.slice('?q='.length)];
  const lower = encoded.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (found) => found.toLowerCase()));
  return [...encoded, ...lower];
}

/**
 * Base64 carries six bits a character, so a secret amid other bytes looks different by its offset modulo three: of
 * each, what depends on the secret alone.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = bytes.toString('base64');
  const amid = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const bits = (offset + bytes.length) * 8;
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(bits / 6));
  });
  const standard = [whole, whole.replaceAll('=', ''), ...amid];
  return [...standard, ...standard.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}
