// A file system with one workflow in it, read only, that lies on no disk.
const vscode = require("vscode");

const TEXT = "name: virtual\ntasks:\n  - {id: one, type: transform, config: {values: {is: INPUT.name}}}\n";
const nothing = new vscode.EventEmitter();

exports.activate = (context) => {
  const files = {
    onDidChangeFile: nothing.event,
    watch: () => new vscode.Disposable(() => undefined),
    stat({ path }) {
      if (path === "/") return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
      if (path === "/flow.mfo.yml") return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: TEXT.length };
      throw vscode.FileSystemError.FileNotFound(path);
    },
    readDirectory: () => [["flow.mfo.yml", vscode.FileType.File]],
    readFile: () => new TextEncoder().encode(TEXT),
    writeFile: () => { throw vscode.FileSystemError.NoPermissions(); },
    delete: () => { throw vscode.FileSystemError.NoPermissions(); },
    rename: () => { throw vscode.FileSystemError.NoPermissions(); },
    createDirectory: () => { throw vscode.FileSystemError.NoPermissions(); },
  };
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider("mfo-virtual", files, { isReadonly: true }));
};
