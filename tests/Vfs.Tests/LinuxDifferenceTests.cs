using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

/// <summary>Random calls on names, the same ones to the host's Linux: every outcome and every stat afterwards has to agree.</summary>
public sealed class LinuxDifferenceTests
{
    private const int Steps = 4000;

    private static readonly string[] s_names = ["a", "b", "c", "d"];
    private static readonly string[] s_suffixes = ["", "", "", "", "/", "/.", "/.."];
    private static readonly string[] s_targets = ["a", "b", "../a", "c/d", "d", "b/", "./c", "nowhere"];

    private static readonly OpenFlags[] s_openFlags =
    [
        OpenFlags.ReadOnly, OpenFlags.WriteOnly, OpenFlags.ReadWrite, OpenFlags.WriteOnly | OpenFlags.Create, OpenFlags.ReadOnly | OpenFlags.Create,
        OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, OpenFlags.WriteOnly | OpenFlags.Truncate, OpenFlags.ReadOnly | OpenFlags.Directory,
        OpenFlags.ReadOnly | OpenFlags.NoFollow, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.NoFollow, OpenFlags.PathOnly,
        OpenFlags.PathOnly | OpenFlags.NoFollow, OpenFlags.ReadWrite | OpenFlags.Directory,
    ];

    public static TheoryData<string> Variants => [.. MinixVariants.All];

    [Fact]
    public void Memory_UnderRandomCalls_BehavesAsLinux()
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            Fixture files = new();
            files.MakeDirectory("/w");
            Run(files, seed);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Minix_UnderRandomCalls_BehavesAsLinux_AndStaysClean(string options)
    {
        for (int seed = 1; seed <= 3; seed++)
        {
            Fixture files = new();
            MemoryDisk disk = new(kibibytes: 2048);
            files.MountMinix("/w", disk, options);
            Assert.Equal(Errno.Success, files.Vfs.StatFileSystem(files.Root, "/w"u8, out FileSystemStatistics empty));
            Run(files, seed);
            Assert.Equal(Errno.Success, files.Vfs.Synchronize());
            HostTool.AssertClean(disk.Content, $"{options}, seed {seed}");

            files.RemoveAll("/w");
            Assert.Equal(Errno.Success, files.Vfs.StatFileSystem(files.Root, "/w"u8, out FileSystemStatistics emptied));
            Assert.True(empty.FreeInodes == emptied.FreeInodes && emptied.FreeBlocks <= empty.FreeBlocks, $"{options}, seed {seed}: {emptied}, was {empty}");
            Assert.Equal(Errno.Success, files.Vfs.Unmount(files.Root, "/w"u8));
            HostTool.AssertClean(disk.Content, $"{options}, seed {seed}, emptied");
        }
    }

    private static void Run(Fixture files, int seed)
    {
        // ".." from the top would leave the folder on the host: everything happens one level down, in w.
        Random random = new(seed);
        using HostFiles host = new();
        Assert.Equal(Errno.Success, host.MakeDirectory("w"));
        TwinFiles twins = new(files, host);
        for (int step = 0; step < Steps; step++)
        {
            (string call, Errno ours, Errno theirs) = Step(random, twins);
            Assert.True(ours == theirs, $"seed {seed}, step {step}: {call}: {ours}, Linux says {theirs}");
            string path = RandomPath(random);
            bool follows = random.Next(2) == 0;
            Assert.True(Stat(files, path, follows) == host.Stat(path, follows),
                $"seed {seed}, step {step}, after {call}: stat {path} (follows: {follows}): {Stat(files, path, follows)}, Linux says {host.Stat(path, follows)}");
        }
    }

    private static (string Call, Errno Ours, Errno Theirs) Step(Random random, TwinFiles twins)
    {
        string path = RandomPath(random);
        string other = RandomPath(random);
        return random.Next(10) switch
        {
            0 or 1 => twins.MakeDirectory(path),
            2 => twins.RemoveDirectory(path),
            3 => twins.Unlink(path),
            4 => twins.Link(other, path),
            5 => twins.SymbolicLink(s_targets[random.Next(s_targets.Length)], path),
            6 => twins.Rename(other, path),
            7 => twins.Truncate(path, random.Next(3) * 3000),
            8 => twins.ChangeMode(path, (InodeMode)random.Next(0x1000) | InodeMode.AnyExecute), // a directory that cannot be searched would end the test for users
            _ => twins.Open(path, s_openFlags[random.Next(s_openFlags.Length)]),
        };
    }

    private static (Errno Error, InodeMode Type, long Size, ulong Links) Stat(Fixture files, string path, bool follows)
    {
        Errno error = files.Vfs.Stat(files.Root, Fixture.Bytes(path), follows, out FileStat stat);
        if (error != Errno.Success)
        {
            return (error, InodeMode.None, 0, 0);
        }

        byte[] bytes = new byte[FileStat.Size64];
        stat.Write(bytes);
        return HostFiles.Comparable(bytes);
    }

    private static string RandomPath(Random random)
    {
        string path = "w";
        for (int depth = random.Next(1, 4); depth > 0; depth--)
        {
            path += "/" + s_names[random.Next(s_names.Length)];
        }

        return path + s_suffixes[random.Next(s_suffixes.Length)];
    }
}
