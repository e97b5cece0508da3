using System.Text;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Minix;

/// <summary>Long random traces of operations, the same ones on a folder of the host: the trees agree all the way.</summary>
public sealed class TraceTests
{
    private const int Operations = 20_000;
    private const int OperationsACheck = 100;
    private const int OperationsAMount = 4000;

    /// <summary>Larger files are read only after every mount.</summary>
    private const int MostToRead = 50_000;
    private static readonly int s_seed = int.Parse(Environment.GetEnvironmentVariable("KS_TRACE_SEED") ?? "7", null);
    private static readonly string[] s_names = ["a", "b", "c", "d", "e", "f", "fourteen-bytes"];

    private readonly Fixture _files = new();
    private readonly Random _random = new(s_seed);

    public static TheoryData<string> Variants => [.. MinixVariants.All];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Tree_UnderALongTrace_IsTheHosts(string options)
    {
        using HostFiles host = new();
        TwinFiles twins = new(_files, host);
        Assert.Equal(Errno.Success, host.MakeDirectory("w"));
        MemoryDisk disk = new(kibibytes: 32 << 10);
        _files.MountMinix("/w", disk, options);
        for (int step = 1; step <= Operations; step++)
        {
            (string call, Errno ours, Errno theirs) = Step(twins, host);
            string when = $"{options}, seed {s_seed}, step {step}: {call}";
            Assert.True(ours == theirs, $"{when}: {ours}, the host says {theirs}");
            if (step % OperationsACheck == 0)
            {
                Compare(host, "w", MostToRead, when);
            }

            if (step % OperationsAMount == 0)
            {
                Assert.Equal(Errno.Success, _files.Vfs.Unmount(_files.Root, "/w"u8));
                HostTool.AssertClean(disk.Content, when);
                (Errno error, CheckOutcome outcome, string output) = OwnChecker.Run(disk.Content, CheckOptions.Force);
                Assert.True(error == Errno.Success && outcome == default, $"{when}: {error}\n{output}");
                _files.Mount("/w", disk);
                Compare(host, "w", int.MaxValue, when);
            }
        }
    }

    private (string Call, Errno Ours, Errno Theirs) Step(TwinFiles twins, HostFiles host)
    {
        string path = RandomPath();
        string other = RandomPath();
        return _random.Next(14) switch
        {
            0 or 1 => twins.MakeDirectory(path),
            2 => twins.RemoveDirectory(path),
            3 => twins.Unlink(path),
            4 => twins.Link(other, path),
            5 => twins.SymbolicLink(other, path),
            6 or 7 => twins.Rename(other, path),
            8 when _random.Next(4) == 0 => twins.MakeFifo(path),
            9 => twins.Truncate(path, _random.Next(4) == 0 ? 0 : _random.Next(60_000)),
            10 when _random.Next(20) == 0 => ("sync", _files.Vfs.Synchronize(), Errno.Success),
            11 or 12 or 13 => Write(host, path),
            _ => twins.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive),
        };
    }

    private (string Call, Errno Ours, Errno Theirs) Write(HostFiles host, string path)
    {
        // Far enough for double indirect zones now and then, with holes before.
        int at = _random.Next(40) == 0 ? _random.Next(600_000) : _random.Next(30_000);
        byte[] data = new byte[_random.Next(1, 9000)];
        _random.NextBytes(data);
        string call = $"write {data.Length} at {at} of {path}";
        if (_files.Vfs.Stat(_files.Root, Fixture.Bytes(path), follows: true, out FileStat stat) != Errno.Success || !stat.Mode.IsRegular())
        {
            return (call, Errno.Success, Errno.Success);
        }

        OpenFile file = _files.Open(path, OpenFlags.WriteOnly);
        IoResult result = file.WriteAt(data, at);
        file.Release();
        host.Write(path, data, at);
        return (call, result.Count == data.Length ? Errno.Success : result.Error, Errno.Success);
    }

    private void Compare(HostFiles host, string path, int most, string when)
    {
        string[] ours = [.. _files.List(path).Where(name => name is not ("." or "..")).Order(StringComparer.Ordinal)];
        string[] theirs = [.. Directory.GetFileSystemEntries(host.Locate(path)).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.True(ours.SequenceEqual(theirs), $"{when}: {path} holds {string.Join(' ', ours)}, the host's {string.Join(' ', theirs)}");
        foreach (string name in ours)
        {
            string inside = $"{path}/{name}";
            FileStat stat = _files.Stat(inside, follows: false);
            byte[] bytes = new byte[FileStat.Size64];
            stat.Write(bytes);
            (Errno, InodeMode, long, ulong) own = HostFiles.Comparable(bytes);
            (Errno, InodeMode, long, ulong) other = host.Stat(inside, follows: false);
            Assert.True(own == other, $"{when}: {inside} is {own}, the host's {other}");
            switch (stat.Mode.Type())
            {
                case InodeMode.Directory:
                    Compare(host, inside, most, when);
                    break;
                case InodeMode.SymbolicLink:
                    byte[] target = new byte[stat.Size];
                    Assert.Equal(IoResult.Ok(target.Length), _files.Vfs.ReadLink(_files.Root, Fixture.Bytes(inside), target));
                    Assert.Equal(new FileInfo(host.Locate(inside)).LinkTarget, Encoding.UTF8.GetString(target));
                    break;
                case InodeMode.Regular when stat.Size <= most:
                    CompareContent(host, inside, when);
                    break;
            }
        }
    }

    private void CompareContent(HostFiles host, string path, string when)
    {
        byte[] theirs = File.ReadAllBytes(host.Locate(path));
        byte[] ours = new byte[theirs.Length + 1];
        OpenFile file = _files.Open(path);
        Assert.Equal(IoResult.Ok(theirs.Length), file.ReadAt(ours, 0));
        file.Release();
        int same = theirs.AsSpan().CommonPrefixLength(ours);
        Assert.True(same == theirs.Length, $"{when}: {path} differs from byte {same} of {theirs.Length} on");
    }

    private string RandomPath()
    {
        string path = "w";
        for (int depth = _random.Next(1, 4); depth > 0; depth--)
        {
            path += "/" + s_names[_random.Next(s_names.Length)];
        }

        return path;
    }
}
