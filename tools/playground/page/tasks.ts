import { byId, choiceOf, setOptions } from './dom.ts';
import type { Task } from './told.ts';

const LOOKS_MS = 50;

/** Things to predict, and then to see. */
export class Tasks {
  #tasks: readonly Task[] = [];
  readonly #ask: (command: object) => void;
  readonly #text: () => string;
  readonly #begin: () => Promise<void>;
  /** Counts the plays: the answer of one that another has taken the place of is not told. */
  #plays = 0;

  /**
   * @param ask sends a command
   * @param text what the picture shows
   * @param begin clears it, and has the server running
   */
  constructor(ask: (command: object) => void, text: () => string, begin: () => Promise<void>) {
    this.#ask = ask;
    this.#text = text;
    this.#begin = begin;
    byId('task').onchange = () => this.#show();
    byId('choices').onchange = () => this.#enable(true);
    byId('predict').onsubmit = (event) => {
      event.preventDefault();
      void this.#play();
    };
  }

  set(tasks: readonly Task[]): void {
    this.#tasks = tasks;
    byId('tasks').hidden = tasks.length === 0;
    setOptions(
      'task',
      tasks.map(({ title }, n) => [`${n}`, title] as const),
    );
    this.#show();
  }

  get #task(): Task | undefined {
    return this.#tasks[Number(choiceOf('task'))];
  }

  #show(): void {
    this.#plays += 1;
    const task = this.#task;
    byId('answer').textContent = '';
    byId('ask').textContent = task?.ask ?? '';
    byId('path').textContent = task?.path ?? '';
    byId('code').textContent = task?.code ?? '';
    byId('choices').replaceChildren(
      ...(task?.choices ?? []).map((choice, n) => {
        const [label, input] = [document.createElement('label'), document.createElement('input')];
        Object.assign(input, { type: 'radio', name: 'choice', value: `${n}` });
        label.append(input, choice);
        return label;
      }),
    );
    this.#enable(false);
  }

  #enable(isEnabled: boolean): void {
    byId<HTMLButtonElement>('press').disabled = !isEnabled;
  }

  async #play(): Promise<void> {
    const task = this.#task;
    const chosen = document.querySelector<HTMLInputElement>('#choices input:checked');
    if (!task || !chosen) return;
    const play = ++this.#plays;
    byId('answer').textContent = 'It is being played.';
    await this.#begin();
    for (const step of task.steps) {
      const wait: unknown = Reflect.get(step, 'wait');
      if (typeof wait === 'string') await this.#sees(wait, play);
      else this.#ask(step);
    }
    await this.#sees(task.shows, play);
    if (play !== this.#plays) return;
    const isRight = Number(chosen.value) === task.right;
    byId('answer').dataset.plays = `${play}`;
    byId('answer').textContent = `${isRight ? 'Yes.' : `No: ${task.choices[task.right]}.`} ${task.answer}`;
  }

  /** Waits until the picture shows it, or another play has begun. */
  async #sees(pattern: string, play: number): Promise<void> {
    const wanted = new RegExp(pattern, 'm');
    while (play === this.#plays && !wanted.test(this.#text())) {
      await new Promise((resolve) => setTimeout(resolve, LOOKS_MS));
    }
  }
}
