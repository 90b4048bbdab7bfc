import type { ComponentChildren } from "preact";

/** A table that scrolls by itself where the page is too narrow for it. */
export function Table({ head, children }: { head: readonly string[]; children: ComponentChildren }) {
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
