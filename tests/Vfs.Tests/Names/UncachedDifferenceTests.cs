using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Names;

/// <summary>Random calls to two machines, one of which asks the file system for every name: they answer alike, and the same space is free.</summary>
public sealed class UncachedDifferenceTests
{
    private const int Steps = 8000;
    private const int StepsACheck = 40;
    private const int MostHeld = 6;

    private static readonly int s_seed = int.Parse(Environment.GetEnvironmentVariable("KS_NAMES_SEED") ?? "11", null);
    private static readonly string[] s_starts = ["/w/", "/w/", "/v/", "/w/a/v/", ""];
    private static readonly string[] s_names = ["a", "b", "c", "d", "v", "..", ".", "a-name-of-more-than-thirty-bytes"];
    private static readonly string[] s_targets = ["a", "../b", "c/d", "/w/a/b", "/v/a", "nowhere", ".", ".."];

    private readonly Random _random = new(s_seed);

    [Theory]
    [InlineData("version=1,names=30", 1)]
    [InlineData("version=2,names=14", 3)]
    [InlineData("version=2,names=30", 20)]
    [InlineData("version=3,names=60", 1000)]
    public void Machine_ThatRemembersNames_AnswersAsOneThatDoesNot(string options, int names)
    {
        Machine reference = new(options, names: 0);
        Machine machine = new(options, names);
        for (int step = 1; step <= Steps; step++)
        {
            (string call, Func<Machine, string> run) = Step();
            string expected = run(reference);
            string actual = run(machine);
            Assert.True(expected == actual, $"seed {s_seed}, step {step}: {call}: {actual}, uncached: {expected}");
            if (step % StepsACheck == 0)
            {
                expected = reference.Describe();
                actual = machine.Describe();
                Assert.True(expected == actual, $"seed {s_seed}, step {step}, after {call}:\n{actual}\nuncached:\n{expected}");
                Assert.InRange(machine.Files.Vfs.RememberedNames, 0, names);
            }
        }

        Assert.Equal(reference.End(), machine.End());
        Assert.Equal(0, reference.Files.Vfs.RememberedNames);
    }

    private (string Call, Func<Machine, string> Run) Step()
    {
        string path = RandomPath();
        string other = RandomPath();
        byte[] bytes = Fixture.Bytes(path);
        byte[] otherBytes = Fixture.Bytes(other);
        int one = _random.Next(MostHeld);
        bool follows = _random.Next(2) == 0;
        return _random.Next(20) switch
        {
            0 or 1 => ($"mkdir {path}", m => $"{m.Vfs.MakeDirectory(m.Current, bytes, InodeMode.DefaultDirectory)}"),
            2 => ($"rmdir {path}", m => $"{m.Vfs.RemoveDirectory(m.Current, bytes)}"),
            3 => ($"unlink {path}", m => $"{m.Vfs.Unlink(m.Current, bytes)}"),
            4 => ($"link {other} {path}", m => $"{m.Vfs.Link(m.Current, otherBytes, bytes, follows)}"),
            5 => Symlink(path, s_targets[_random.Next(s_targets.Length)]),
            6 or 7 => ($"rename {other} {path}", m => $"{m.Vfs.Rename(m.Current, otherBytes, bytes, replaces: follows)}"),
            8 => ($"mknod {path}", m => $"{m.Vfs.MakeNode(m.Current, bytes, InodeMode.Fifo | InodeMode.DefaultFile, DeviceNumber.None)}"),
            9 or 10 => ($"write {path}", m => m.Write(bytes, one * 700)),
            11 => ($"open {path} as {one}", m => m.Open(bytes, one)),
            12 => ($"close {one}", m => m.Close(one)),
            13 when one == 0 => ($"umount {path}", m => $"{m.Vfs.Unmount(m.Current, bytes, follows)}"),
            13 when one < 3 => ($"mount {path}", m => m.Mount(path)),
            14 when one < 3 => ($"cd {path}", m => m.ChangeDirectory(bytes)),
            15 when one == 0 => ("forget all names", m => m.ForgetNames()),
            16 when one == 0 => ("sync", m => $"{m.Vfs.Synchronize()}"),
            _ => ($"stat {path}", m => m.Stat(bytes, follows)),
        };
    }

    private static (string Call, Func<Machine, string> Run) Symlink(string path, string target) =>
        ($"symlink {target} {path}", m => $"{m.Vfs.MakeSymbolicLink(m.Current, Fixture.Bytes(target), Fixture.Bytes(path))}");

    private string RandomPath()
    {
        string path = s_starts[_random.Next(s_starts.Length)] + s_names[_random.Next(s_names.Length)];
        for (int depth = _random.Next(3); depth > 0; depth--)
        {
            path += "/" + s_names[_random.Next(s_names.Length)];
        }

        return _random.Next(10) == 0 ? path + "/" : path;
    }

    /// <summary>Two disks on /w and /v, what is open, and where somebody stands.</summary>
    private sealed class Machine
    {
        private readonly MemoryDisk[] _disks = [new(kibibytes: 600), new(kibibytes: 400)];
        private readonly OpenFile?[] _held = new OpenFile?[MostHeld];

        public Machine(string options, int names)
        {
            Files = new Fixture(names);
            Files.MountMinix("/w", _disks[0], options);
            Files.MountMinix("/v", _disks[1], options);
            Current = Files.Root;
            Current.Hold();
        }

        public Fixture Files { get; }

        public VirtualFileSystem Vfs => Files.Vfs;

        public Inode Current { get; private set; }

        public string Write(byte[] path, int length)
        {
            // Nobody reads the FIFOs.
            Errno error = Vfs.TryOpen(Current, path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.NonBlocking, InodeMode.DefaultFile, out OpenFile? file);
            IoResult result = file?.Write(new byte[length]) ?? error;
            file?.Release();
            return $"{error} {result.Error} {result.Count}";
        }

        public string Open(byte[] path, int place)
        {
            Errno error = Vfs.TryOpen(Current, path, OpenFlags.PathOnly, InodeMode.None, out OpenFile? file);
            if (file is not null)
            {
                _held[place]?.Release();
                _held[place] = file;
            }

            return $"{error}";
        }

        public string Close(int place)
        {
            _held[place]?.Release();
            _held[place] = null;
            return "";
        }

        /// <summary>Mounts a disk that is not mounted just now.</summary>
        public string Mount(string path)
        {
            foreach (MemoryDisk disk in _disks)
            {
                Errno error = Vfs.Mount(Current, Fixture.Bytes(path), FileSystemType.Minix, disk, isReadOnly: false, new DeviceNumber(7, (uint)Array.IndexOf(_disks, disk)));
                if (error != Errno.EBUSY)
                {
                    return $"{error}";
                }
            }

            return "busy";
        }

        public string ChangeDirectory(byte[] path)
        {
            Errno error = Vfs.TryResolveDirectory(Current, path, out Inode? directory);
            if (directory is not null)
            {
                Current.Release();
                Current = directory;
            }

            return $"{error}";
        }

        public string ForgetNames()
        {
            Vfs.ForgetNames();
            return "";
        }

        public string Stat(byte[] path, bool follows)
        {
            Errno error = Vfs.Stat(Current, path, follows, out FileStat stat);
            return error == Errno.Success ? Text(stat) : $"{error}";
        }

        /// <summary>Everything there is, found by its names, and what is free.</summary>
        public string Describe()
        {
            List<string> lines = [];
            foreach (OpenFile? file in _held)
            {
                lines.Add(file is not null && file.Inode.Operations.Stat(file.Inode, out FileStat stat) == Errno.Success ? Text(stat) : "-");
            }

            Describe("/", lines);
            foreach (SuperBlock mounted in Vfs.Mounts())
            {
                Assert.Equal(Errno.Success, mounted.Operations.StatFileSystem(mounted, out FileSystemStatistics statistics));
                lines.Add($"{mounted.Device} {statistics.FreeBlocks} {statistics.FreeInodes}");
            }

            return string.Join('\n', lines);
        }

        /// <summary>Lets go of everything, unmounts, and checks what is left on the disks.</summary>
        public string End()
        {
            for (int place = 0; place < MostHeld; place++)
            {
                Close(place);
            }

            Current.Release();
            Current = Files.Root;
            string text = Describe();
            for (SuperBlock last = Vfs.Mounts()[^1]; last.Operations.Type == FileSystemType.Minix; last = Vfs.Mounts()[^1])
            {
                byte[] path = new byte[4096];
                IoResult length = Vfs.GetPath(last.Root!, path);
                Assert.True(length.IsSuccess);
                Assert.Equal(Errno.Success, Vfs.Unmount(Files.Root, path.AsSpan(0, length.Count)));
            }

            foreach (MemoryDisk disk in _disks)
            {
                HostTool.AssertClean(disk.Content, text);
            }

            return text;
        }

        private void Describe(string path, List<string> lines)
        {
            foreach (string name in Files.List(path).Except([".", "..", "dev", "tmp"]).Order(StringComparer.Ordinal))
            {
                string inside = path == "/" ? path + name : $"{path}/{name}";
                FileStat stat = Files.Stat(inside, follows: false);
                lines.Add($"{inside} {Text(stat)}");
                if (stat.Mode.IsDirectory())
                {
                    Describe(inside, lines);
                }
            }
        }

        private static string Text(in FileStat stat) =>
            $"{stat.Device} {stat.InodeNumber} {stat.Mode} {stat.LinkCount} {stat.Size} {stat.BlockCount}";
    }
}
