/** What JSON can hold: everything that enters the journal or the recording. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };
