namespace KernelSockets.UserApps.Commands;

/// <summary>mkfs.minix: makes a minix file system on a disk, with util-linux's options, output and statuses.</summary>
internal sealed class MkfsMinixCommand(ISystem system) : Command
{
    /// <summary>An operation failed (util-linux's MKFS_EX_ERROR).</summary>
    private const int ErrorStatus = 8;

    /// <summary>The command was called in a wrong way (MKFS_EX_USAGE).</summary>
    private const int WrongUseStatus = 16;

    private const int LongNames = 30;
    private const int NewNames = 60;

    /// <inheritdoc/>
    public override string Name => "mkfs.minix";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "make a minix file system";

    /// <inheritdoc/>
    public override string Help => """
        Usage: mkfs.minix [-1 | -2 | -3] [-n LENGTH] [-i INODES] DEVICE
        Makes an empty minix file system on DEVICE, for example /dev/ata1. What was there is lost.
          -1         version 1 (default)
          -2, -v     version 2
          -3         version 3
          -i INODES  how many inodes; one for three blocks otherwise
          -n LENGTH  longest name: 14 or 30 (default); 60 for version 3

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        int version = 1;
        int? names = null;
        int? inodes = null;
        var options = new OptionReader("123vn:i:", arguments, ("namelength", 'n'), ("inodes", 'i'));
        while (options.TryNext(out char option))
        {
            switch (option)
            {
                case 'n':
                    names = options.NumberBetween(1, NewNames);
                    break;
                case 'i':
                    inodes = options.NumberBetween(1, int.MaxValue);
                    break;
                default:
                    version = option == 'v' ? 2 : option - '0';
                    break;
            }
        }

        if (options.Error is { } error || options.Operands.Count != 1)
        {
            return Misuse(options.Error ?? (options.Operands.Count == 0 ? "no device specified" : $"extra operand '{options.Operands[1]}'"));
        }

        names ??= version == 3 ? NewNames : LongNames;
        return Make(options.Operands[0], $"version={version},names={names}" + (inodes is null ? string.Empty : $",inodes={inodes}"));
    }

    private int Make(string device, string options)
    {
        string path = Path.GetFullPath(device);
        Errno error = system.Volumes.Format(path, "minix", options);
        if (error == Errno.Success)
        {
            error = system.Volumes.Check(path, "minix", CheckOptions.ShowSuperBlock | CheckOptions.Quiet | CheckOptions.Force, Console.Out.WriteLine, out _);
        }

        if (error == Errno.Success)
        {
            return 0;
        }

        string reason = error switch
        {
            Errno.EBUSY => "is mounted; will not make a filesystem here!",
            Errno.ENOSPC => "the device does not have the size for such a file system",
            Errno.EINVAL => "no such version and length of names",
            _ => error.Describe(),
        };
        Console.Error.WriteLine($"{Name}: {device}: {reason}");
        return ErrorStatus;
    }

    private int Misuse(string message)
    {
        Misused(message);
        return WrongUseStatus;
    }
}
