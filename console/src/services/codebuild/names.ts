/** A build's id is its project's name, a colon and a UUID. */
export const projectOfBuild = (id: string) => id.split(':', 1)[0];
