// Keeps the held task and the answer so far in this tab, so that a reload loses neither.

export class Drafts {
  constructor(project, person) {
    this.key = `stipend-work-${project}-${person}`;
  }

  save(assignment, result) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ assignment, result }));
    } catch {
      // storage is full or forbidden: a reload then simply asks for a task
    }
  }

  load() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  drop() {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // nothing was kept
    }
  }
}
