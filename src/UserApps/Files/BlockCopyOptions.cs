using KernelSockets.UserApps.Text;

namespace KernelSockets.UserApps.Files;

/// <summary>What dd is asked for: operands of the form NAME=VALUE.</summary>
internal sealed class BlockCopyOptions
{
    private const int DefaultBlockSize = 512;
    private const int MaxBlockSize = 1 << 30;

    /// <summary>The input; null for the standard one.</summary>
    public string? Input { get; private set; }

    /// <summary>The output; null for the standard one.</summary>
    public string? Output { get; private set; }

    /// <summary>Bytes read at a time.</summary>
    public int InputBlock { get; private set; } = DefaultBlockSize;

    /// <summary>Bytes written at a time.</summary>
    public int OutputBlock { get; private set; } = DefaultBlockSize;

    /// <summary>True when each block that is read is written as it is: bs=, and no conversion that changes its length.</summary>
    public bool IsDirect { get; private set; }

    /// <summary>Most blocks, or with <see cref="CountsBytes"/> bytes, to copy.</summary>
    public long Count { get; private set; } = long.MaxValue;

    /// <summary>Input to leave out, in bytes.</summary>
    public long Skip { get; private set; }

    /// <summary>Output to leave out, in bytes.</summary>
    public long Seek { get; private set; }

    /// <summary>iflag=count_bytes.</summary>
    public bool CountsBytes { get; private set; }

    /// <summary>conv=notrunc.</summary>
    public bool KeepsLength { get; private set; }

    /// <summary>conv=sync: short blocks are filled up with zeros.</summary>
    public bool FillsBlocks { get; private set; }

    /// <summary>conv=noerror: goes on after a block that cannot be read.</summary>
    public bool IgnoresErrors { get; private set; }

    /// <summary>conv=fsync and fdatasync.</summary>
    public bool Synchronizes { get; private set; }

    /// <summary>conv=excl: the output must not be there.</summary>
    public bool MustBeNew { get; private set; }

    /// <summary>conv=nocreat: the output must be there.</summary>
    public bool MustExist { get; private set; }

    /// <summary>iflag=fullblock: a short read is continued.</summary>
    public bool ReadsFullBlocks { get; private set; }

    /// <summary>oflag=append.</summary>
    public bool Appends { get; private set; }

    /// <summary>conv=lcase, ucase, swab: what becomes of each block; null for nothing.</summary>
    public Action<Memory<byte>>? Convert { get; private set; }

    /// <summary>status=: none, noxfer or nothing.</summary>
    public string Status { get; private set; } = "";

    /// <summary>Reads the operands.</summary>
    /// <param name="arguments">The operands.</param>
    /// <param name="options">What they say.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    public static string? TryParse(string[] arguments, out BlockCopyOptions options)
    {
        BlockCopyOptions read = options = new BlockCopyOptions();
        Numbers numbers = new();
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string? error = equals < 0 ? $"unrecognized operand '{argument}'" : read.Take(argument, argument[..equals], argument[(equals + 1)..], numbers);
            if (error is not null)
            {
                return error;
            }
        }

        return read.Settle(numbers);
    }

    private static bool TryReadNumber(string text, out long number)
    {
        number = 1;
        foreach (string factor in text.Split('x'))
        {
            (string digits, int multiplier) = factor switch
            {
                [.., 'c'] => (factor[..^1], 1),
                [.., 'w'] => (factor[..^1], 2),
                _ => (factor, 1),
            };
            if (!SizedNumber.TryParse(digits, out long value) || (Int128)number * value * multiplier > long.MaxValue)
            {
                return false;
            }

            number *= value * multiplier;
        }

        return true;
    }

    private string? Take(string argument, string name, string value, Numbers numbers)
    {
        switch (name)
        {
            case "if":
                Input = value;
                return null;
            case "of":
                Output = value;
                return null;
            case "status":
                Status = value;
                return value is "none" or "noxfer" ? null : $"invalid status level: '{value}'";
            case "conv" or "iflag" or "oflag":
                string? wrong = Array.Find(value.Split(','), word => !TakeFlag(name, word, numbers));
                return wrong is null ? null : $"invalid {(name == "conv" ? "conversion" : name == "iflag" ? "input flag" : "output flag")}: '{wrong}'";
            case "bs" or "ibs" or "obs" or "count" or "skip" or "iseek" or "seek" or "oseek":
                bool isBlock = name.EndsWith("bs", StringComparison.Ordinal);
                bool isOfBytes = !isBlock && value.EndsWith('B');
                if (!TryReadNumber(isOfBytes && value.Length > 1 && char.IsAsciiDigit(value[^2]) ? value[..^1] : value, out long number) || (isBlock && number is (0 or > MaxBlockSize)))
                {
                    return $"invalid number: '{value}'";
                }

                CountsBytes |= isOfBytes && name == "count";
                numbers.Take(name, number, isOfBytes);
                return null;
            default:
                return $"unrecognized operand '{argument}'";
        }
    }

    private bool TakeFlag(string list, string flag, Numbers numbers)
    {
        switch ($"{list}={flag}")
        {
            case "conv=notrunc":
                return KeepsLength = true;
            case "conv=sync":
                return FillsBlocks = true;
            case "conv=noerror":
                return IgnoresErrors = true;
            case "conv=fsync" or "conv=fdatasync":
                return Synchronizes = true;
            case "conv=excl":
                return MustBeNew = true;
            case "conv=nocreat":
                return MustExist = true;
            case "conv=lcase":
                Convert += static block => Map(block.Span, static value => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value);
                return true;
            case "conv=ucase":
                Convert += static block => Map(block.Span, static value => value is >= (byte)'a' and <= (byte)'z' ? (byte)(value & ~0x20) : value);
                return true;
            case "conv=swab":
                Convert += static block => Swap(block.Span);
                return true;
            case "iflag=fullblock":
                return ReadsFullBlocks = true;
            case "iflag=count_bytes":
                return CountsBytes = true;
            case "iflag=skip_bytes":
                return numbers.SkipsBytes = true;
            case "oflag=seek_bytes":
                return numbers.SeeksBytes = true;
            case "oflag=append":
                return Appends = true;
            default:
                return false;
        }
    }

    private static void Map(Span<byte> block, Func<byte, byte> map)
    {
        foreach (ref byte value in block)
        {
            value = map(value);
        }
    }

    private static void Swap(Span<byte> block)
    {
        for (int i = 1; i < block.Length; i += 2)
        {
            (block[i - 1], block[i]) = (block[i], block[i - 1]);
        }
    }

    private string? Settle(Numbers numbers)
    {
        InputBlock = (int)(numbers.Block ?? numbers.InputBlock ?? DefaultBlockSize);
        OutputBlock = (int)(numbers.Block ?? numbers.OutputBlock ?? DefaultBlockSize);
        IsDirect = numbers.Block is not null && Convert is null;
        Count = numbers.Count ?? long.MaxValue;
        Int128 skip = (Int128)numbers.Skip * (numbers.SkipsBytes ? 1 : InputBlock);
        Int128 seek = (Int128)numbers.Seek * (numbers.SeeksBytes ? 1 : OutputBlock);
        if (skip > long.MaxValue || seek > long.MaxValue)
        {
            return "offset too large";
        }

        (Skip, Seek) = ((long)skip, (long)seek);
        return MustBeNew && MustExist ? "cannot combine excl and nocreat" : null;
    }

    private sealed class Numbers
    {
        public long? Block { get; private set; }

        public long? InputBlock { get; private set; }

        public long? OutputBlock { get; private set; }

        public long? Count { get; private set; }

        public long Skip { get; private set; }

        public long Seek { get; private set; }

        public bool SkipsBytes { get; set; }

        public bool SeeksBytes { get; set; }

        public void Take(string name, long number, bool isOfBytes)
        {
            SkipsBytes |= isOfBytes && name is ("skip" or "iseek");
            SeeksBytes |= isOfBytes && name is ("seek" or "oseek");
            switch (name)
            {
                case "bs":
                    Block = number;
                    break;
                case "ibs":
                    InputBlock = number;
                    break;
                case "obs":
                    OutputBlock = number;
                    break;
                case "count":
                    Count = number;
                    break;
                case "skip" or "iseek":
                    Skip = number;
                    break;
                default:
                    Seek = number;
                    break;
            }
        }
    }
}
