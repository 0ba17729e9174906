import type { JSONWebKeySet } from 'jose';

/**
 * Reads a JSON Web Key Set (RFC 7517).
 *
 * @throws an Error when it is none, is empty, or has a key that is not public: what verifies tokens should not be able to
 *   sign them
 */
export function keySetOf(json: string): JSONWebKeySet {
  const { keys } = parsed(json);
  if (!Array.isArray(keys) || !keys.every(isObject)) throw new Error('it is no JSON Web Key Set');
  if (keys.length === 0) throw new Error('there is no key in it');
  if (keys.some((key) => 'd' in key || 'k' in key)) throw new Error('there is a private key or a secret in it');
  return { keys };
}

function parsed(json: string): { keys?: unknown } {
  try {
    return Object(JSON.parse(json));
  } catch {
    return {};
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
