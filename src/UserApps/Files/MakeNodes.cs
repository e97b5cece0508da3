using System.Globalization;

namespace KernelSockets.UserApps.Files;

/// <summary>mkfifo and mknod.</summary>
internal static class MakeNodes
{
    public const string FifoHelp = """
        Usage: mkfifo [-m MODE] NAME...
        Makes pipes with names.
          -m MODE  permissions, as for chmod

        """;

    public const string NodeHelp = """
        Usage: mknod [-m MODE] NAME b|c|u MAJOR MINOR
               mknod [-m MODE] NAME p
        Makes the node of a block device (b) or character device (c, u), or a pipe with a name (p).
          -m MODE  permissions, as for chmod

        """;

    private const int DefaultMode = 0x1B6; // 0666

    public static int Fifo(string[] arguments)
    {
        if (!TryRead("mkfifo", arguments, out OptionReader reader, out int? mode))
        {
            return 1;
        }

        if (reader.Operands.Count == 0)
        {
            return Misuse("mkfifo", "missing operand");
        }

        int status = 0;
        foreach (string name in reader.Operands)
        {
            Errno error = Make(name, FileModeText.Fifo, 0, mode);
            if (error != Errno.Success)
            {
                Console.Error.WriteLine($"mkfifo: cannot create fifo '{name}': {error.Describe()}");
                status = 1;
            }
        }

        return status;
    }

    public static int Node(string[] arguments)
    {
        if (!TryRead("mknod", arguments, out OptionReader reader, out int? mode))
        {
            return 1;
        }

        IReadOnlyList<string> operands = reader.Operands;
        int expected = operands.Count > 1 && operands[1].StartsWith('p') ? 2 : 4;
        if (operands.Count < expected)
        {
            string missing = operands.Count == 0 ? "missing operand" : $"missing operand after '{operands[^1]}'";
            return Misuse("mknod", operands.Count == 2 ? $"{missing}\nSpecial files require major and minor device numbers." : missing);
        }

        if (operands.Count > expected)
        {
            string extra = $"extra operand '{operands[expected]}'";
            return Misuse("mknod", expected == 2 ? $"{extra}\nFifos do not have major and minor device numbers." : extra);
        }

        int type = operands[1][..1] switch
        {
            "p" => FileModeText.Fifo,
            "b" => FileModeText.BlockDevice,
            "c" or "u" => FileModeText.CharacterDevice,
            _ => 0,
        };
        if (type == 0)
        {
            return Misuse("mknod", $"invalid device type '{operands[1]}'");
        }

        ulong device = 0;
        if (type != FileModeText.Fifo)
        {
            if (!TryReadNumber(operands[2], "major", out uint major) || !TryReadNumber(operands[3], "minor", out uint minor))
            {
                return 1;
            }

            device = new DeviceNumber(major, minor).Encoded;
        }

        Errno error = Make(operands[0], type, device, mode);
        if (error != Errno.Success)
        {
            Console.Error.WriteLine($"mknod: {operands[0]}: {error.Describe()}");
        }

        return error == Errno.Success ? 0 : 1;
    }

    private static bool TryReadNumber(string text, string name, out uint number)
    {
        bool isGood = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        if (!isGood)
        {
            Console.Error.WriteLine($"mknod: invalid {name} device number '{text}'");
        }

        return isGood;
    }

    private static bool TryRead(string command, string[] arguments, out OptionReader reader, out int? mode)
    {
        mode = null;
        bool isGood = true;
        reader = new OptionReader("m:", arguments, ("mode", 'm'));
        while (reader.TryNext(out _))
        {
            isGood = SymbolicMode.TryParse(reader.Value, CreationMask.Read(), out SymbolicMode? change);
            mode = change?.Apply(DefaultMode, isDirectory: false);
            if (!isGood || mode > FileModeText.PermissionMask)
            {
                Console.Error.WriteLine($"{command}: invalid mode");
                return false;
            }
        }

        return reader.Error is null ? isGood : Misuse(command, reader.Error) == 0;
    }

    private static Errno Make(string name, int type, ulong device, int? mode)
    {
        byte[] path = FileLibc.Terminated(name);
        Errno error = FileLibc.Outcome(FileLibc.MakeNode(path, (uint)(type | (mode ?? DefaultMode)), device));
        return error == Errno.Success && mode is not null ? FileLibc.Outcome(FileLibc.ChangeMode(path, (uint)mode)) : error;
    }

    private static int Misuse(string command, string message)
    {
        _ = App.Misused(command, message);
        return 1;
    }
}
