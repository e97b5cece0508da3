using KernelSockets.Vfs.Proc;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Proc;

/// <summary>A machine's files with /proc mounted: process 1, and process 20, the caller, whose descriptors are those of <see cref="Fixture.Job"/>.</summary>
internal sealed class ProcFixture
{
    public const int Caller = 20;

    public ProcFixture()
    {
        Machine = new FakeMachine(Files.Clock);
        Process = new FakeProcess(Caller, Fixture.Job, "cat") { ParentId = 1, Arguments = ["a b", "c"], Directory = Files.Root };
        Machine.List.Add(Process);
        Machine.Current = Process;
        SystemFiles.AddTo(Files.Vfs.Proc.Root, Machine);
        Assert.Equal(Errno.Success, Files.Vfs.MountProc());
    }

    public Fixture Files { get; } = new();

    public FakeMachine Machine { get; }

    public FakeProcess Process { get; }

    /// <summary>Gives an open file a descriptor of the caller's, who keeps no reference.</summary>
    public int Install(OpenFile file)
    {
        Assert.Equal(Errno.Success, Files.Vfs.Files.TryInstall(Fixture.Job, file, isClosedOnExec: false, out int fd));
        return fd;
    }

    public (Errno Error, string Target) ReadLink(string path)
    {
        byte[] target = new byte[4096];
        IoResult result = Files.Vfs.ReadLink(Files.Root, Fixture.Bytes(path), target);
        return (result.Error, System.Text.Encoding.UTF8.GetString(target, 0, result.Count));
    }

    public string[] Lines(string path) => Files.Read(path).TrimEnd('\n').Split('\n');
}
